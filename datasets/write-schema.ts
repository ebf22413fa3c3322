/** Writes `contract.schema.json` anew: `node -r ts-node/register datasets/write-schema.ts`. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { contractJsonSchemaText } from "../contracts/json-schema";

writeFileSync(join(__dirname, "contract.schema.json"), contractJsonSchemaText());
