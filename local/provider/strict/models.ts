import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { venvFolder } from "../../emulators/python";

/** A type of a service model, as AWS publishes them with its SDKs. */
export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Member>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  /** Whether exactly one member must be set. */
  readonly union?: boolean;
  /** Whether any JSON value is allowed. */
  readonly document?: boolean;
}

export interface Member {
  readonly shape: string;
  /** Whether the SDK sets the member if the caller does not. */
  readonly idempotencyToken?: boolean;
}

export interface Operation {
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
}

export interface ServiceModel {
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** The SDK clients for which the folder of the model is not the client's name in lower case. */
const FOLDERS: Readonly<Record<string, string>> = {
  ApplicationAutoScaling: "application-autoscaling",
  CloudWatchLogs: "logs",
  DatabaseMigrationService: "dms",
  EventBridge: "events",
  SFN: "stepfunctions",
};

/** The service models in botocore's folder `data`. Each is read when it is first needed. */
export class ServiceModels {
  private readonly loaded = new Map<string, ServiceModel>();

  constructor(readonly folder: string) {}

  /** @throws {Error} If there is no model of the service. */
  of(service: string): ServiceModel {
    let model = this.loaded.get(service);
    if (!model) this.loaded.set(service, (model = this.load(service)));
    return model;
  }

  private load(service: string): ServiceModel {
    const folder = join(this.folder, FOLDERS[service] ?? service.toLowerCase());
    const version = versions(folder).at(-1);
    if (version === undefined) throw new Error(`there is no service model of ${service} in ${this.folder}`);
    const text = gunzipSync(readFileSync(join(folder, version, "service-2.json.gz"))).toString();
    return JSON.parse(text) as ServiceModel;
  }
}

function versions(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

const shared = new Map<string, ServiceModels>();

/** Returns the models of a folder, by default of the project's emulators. A process reads them once. */
export function serviceModels(folder = modelFolder(process.env.PLATFORM_PYTHON_VENV ?? venvFolder())): ServiceModels {
  let models = shared.get(folder);
  if (!models) shared.set(folder, (models = new ServiceModels(folder)));
  return models;
}

/** Returns the folder of botocore's models in a Python virtual environment, which they come to with the emulators. */
export function modelFolder(venv: string): string {
  const lib = join(venv, "lib");
  const python = versions(lib).find((name) => name.startsWith("python3"));
  if (python === undefined) throw new Error(`AWS's service models are missing: ${venv} has no Python environment`);
  return join(lib, python, "site-packages", "botocore", "data");
}
