// Imports with a suffix, so that Node runs what the compiler writes.
export default {
  input: process.env.DOCUMENT,
  output: { path: "generated", importFileExtension: ".js" },
};
