export {
  createAuthenticatedFetch,
  createSightline,
  type Options,
  type Schemas,
  type Sightline,
} from "./client.js";
export { readEvents, type ServerEvent } from "./events.js";
export { Problem, Unreachable } from "./problem.js";
export type { paths } from "./schema.js";
