"use strict";
// The entry of the pack in the engine. The engine's own TypeScript support checks types at every start, which takes seconds. The
// project checks the types of the pack with everything else, so they are only removed here.
require("../tools/register.js");
require("./index.ts");
