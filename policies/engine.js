"use strict";
// The entry of the pack in the engine. The engine's own TypeScript support checks types at every start, which takes seconds. The
// project checks the types of the pack with everything else, so this file only removes them.
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
