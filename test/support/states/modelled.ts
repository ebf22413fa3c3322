import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

/** The service models that the emulators' installation brings along. */
const MODELS = (() => {
  const library = resolve(__dirname, "../../../.platform/venv/lib");
  const [python = "python3"] = readdirSync(library).filter((name) => name.startsWith("python3"));
  return join(library, python, "site-packages/botocore/data");
})();

interface Model {
  readonly operations: Readonly<Record<string, { readonly errors?: readonly { readonly shape: string }[] }>>;
}

function modelOf(service: string): Model {
  const folder = join(MODELS, service);
  const [latest = ""] = readdirSync(folder).sort().reverse();
  const zipped = readFileSync(join(folder, latest, "service-2.json.gz"));
  return JSON.parse(gunzipSync(zipped).toString("utf8")) as Model;
}

/** Returns the names of the errors that the model of a service lists for an operation. */
export const modelledErrors = (service: string, operation: string): string[] =>
  (modelOf(service).operations[operation]?.errors ?? []).map(({ shape }) => shape);
