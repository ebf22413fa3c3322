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
  /** Exactly one member is set. */
  readonly union?: boolean;
  /** Any JSON value. */
  readonly document?: boolean;
}

export interface Member {
  readonly shape: string;
  /** The SDK fills it in when the caller does not. */
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

/** SDK clients whose model's folder is not just their name in lower case. */
const FOLDERS: Readonly<Record<string, string>> = {
  ApplicationAutoScaling: "application-autoscaling",
  CloudWatchLogs: "logs",
  DatabaseMigrationService: "dms",
  EventBridge: "events",
  SFN: "stepfunctions",
};

/** The service models in a folder of botocore's `data`, each read when first asked for. */
export class ServiceModels {
  private readonly loaded = new Map<string, ServiceModel>();

  constructor(readonly folder: string) {}

  /** @throws when there is no model of the service. */
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

/** The models of a folder, by default those of the project's emulators, read once a process. */
export function serviceModels(folder = modelFolder(process.env.PLATFORM_PYTHON_VENV ?? venvFolder())): ServiceModels {
  let models = shared.get(folder);
  if (!models) shared.set(folder, (models = new ServiceModels(folder)));
  return models;
}

/** Where a Python virtual environment has botocore's models: the emulators bring them along. */
export function modelFolder(venv: string): string {
  const lib = join(venv, "lib");
  const python = versions(lib).find((name) => name.startsWith("python3"));
  if (python === undefined) throw new Error(`no Python environment in ${venv}: it holds AWS's service models`);
  return join(lib, python, "site-packages", "botocore", "data");
}
