export { createSender, createSightline, type Options, type Schemas, type Sightline } from "./client";
export { readEvents, type ServerEvent } from "./events";
export { Problem, Unreachable } from "./problem";
export type { paths } from "./schema";
