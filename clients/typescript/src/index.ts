export {
  createAuthenticatedFetch,
  createSightline,
  type Options,
  type Schemas,
  type Sightline,
} from "./client.js";
export { readEvents, type ServerEvent } from "./events.js";
export { ClientCredentials, type MachineClient } from "./machine.js";
export { type FieldError, Problem, Unreachable } from "./problem.js";
export type { paths } from "./schema.js";
export {
  type ChallengeHandler,
  type Pool,
  Session,
  type SignInFlow,
  SignInRejected,
  signIn,
  type Tokens,
} from "./session.js";
export { StorageError, type UploadOptions, uploadImage } from "./upload.js";
