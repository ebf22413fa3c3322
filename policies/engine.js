"use strict";
// Where the engine enters. Its own TypeScript support checks types at every start, which takes seconds: the pack's types are
// checked with everything else, and here its files are only stripped of them.
const { transformFileSync } = require("@swc/core");

require.extensions[".ts"] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
    sourceMaps: "inline",
  });
  module._compile(code, file);
};
require("./index.ts");
