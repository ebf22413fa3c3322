import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configText } from "./config";
import { ENVIRONMENTS } from "./table";

for (const environment of ENVIRONMENTS)
  writeFileSync(join(__dirname, `config.${environment}.json`), configText(environment));
