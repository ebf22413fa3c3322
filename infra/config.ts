import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Protection } from "../components";
import type { Issue, Path } from "../contracts/check";
import { compileContract } from "../contracts/compile";
import type { CompiledContract } from "../contracts/compiled";
import { keysBelow } from "../contracts/json-schema";
import { loadContracts } from "../contracts/parse";
import { explain, formatProblem, nearest, offsetOf, pathText, valueAt, type Problem } from "../contracts/problems";
import { environmentSchema, type EnvironmentConfig } from "./schema";

const NAMESPACE = "dataplatform";
const ROOT = resolve(__dirname, "..");

/** The environment from which the program composes the platform. */
export interface Environment {
  /** The name of the stack. */
  readonly environment: string;
  readonly region: string;
  readonly config: EnvironmentConfig;
  readonly contracts: readonly CompiledContract[];
  readonly protection: Protection;
  readonly tags: Readonly<Record<string, string>>;
  /** The name of the Glue database. */
  readonly databaseName: string;
}

/** The error for settings or contracts that cannot be deployed. Pulumi shows its message without a stack trace. */
export class EnvironmentError extends pulumi.RunError {
  constructor(readonly problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      `${count} in the environment's settings and contracts:\n${problems.map((one) => `  ${formatProblem(one)}`).join("\n")}`,
    );
  }
}

const schemaText = z.toJSONSchema(environmentSchema, { io: "input", target: "draft-7" }) as {
  readonly properties: Readonly<Record<string, { readonly type?: string }>>;
};

/**
 * Checks the settings under `dataplatform:` and reports all problems together.
 *
 * @param values - The settings without their namespace, as parsed from YAML or JSON.
 * @param stackFile - The file that they come from, for the positions of problems.
 */
export function parseEnvironment(
  values: Readonly<Record<string, unknown>>,
  stackFile?: { readonly name: string; readonly text: string },
): { readonly config?: EnvironmentConfig; readonly problems: readonly Problem[] } {
  const result = environmentSchema.safeParse(values);
  const issues: Issue[] = result.success
    ? crossChecks(result.data)
    : result.error.issues.flatMap((issue) => explained(issue, values));
  if (result.success && issues.length === 0) return { config: result.data, problems: [] };
  return { problems: issues.map(locator(stackFile)) };
}

/** Converts an issue of the schema to problems. The message of a format names the allowed values. */
function explained(issue: z.core.$ZodIssue, values: unknown): Issue[] {
  const path = issue.path as (string | number)[];
  if (issue.code !== "invalid_format" && issue.code !== "custom")
    return explain(issue, values, (at) => keysBelow(schemaText, at));
  return [{ path, message: `is ${JSON.stringify(valueAt(values, path))}; allowed: ${issue.message}` }];
}

/** Checks rules between settings. */
function crossChecks(config: EnvironmentConfig): Issue[] {
  const issues: Issue[] = [];
  if (config.allowDataLoss && config.posture !== "disposable") {
    issues.push({
      path: ["allowDataLoss"],
      message: `is true with posture "${config.posture}"; allowed: true with posture "disposable" only`,
    });
  }
  const { emails, sms, https } = config.alerts;
  if (config.posture === "locked" && emails.length + sms.length + https.length === 0) {
    issues.push({
      path: ["alerts"],
      message: 'is empty; posture "locked" needs a receiver of alerts: emails, sms or https',
    });
  }
  const { rawExpiryDays } = config.lake;
  if (rawExpiryDays !== undefined && rawExpiryDays <= 30) {
    issues.push({
      path: ["lake", "rawExpiryDays"],
      message: `is ${rawExpiryDays}; allowed: more than 30 days, when raw files move to infrequent access`,
    });
  }
  for (const needs of ["relationalDatabases", "migrations"] as const) {
    if (Object.keys(config[needs]).length > 0 && !config.network) {
      issues.push({ path: [needs], message: "needs a network, but `network` is not set" });
    }
  }
  for (const [name, { multiAz, engine, availability, readers }] of postures(config)) {
    if (config.posture === "locked" && !multiAz) {
      issues.push({
        path: ["relationalDatabases", name],
        message: engine.startsWith("aurora")
          ? `has readers: ${readers ?? 0}; posture "locked" needs 1 or more`
          : `has availability: "${availability ?? "single"}"; posture "locked" needs "standby" or "readableStandbys"`,
      });
    }
  }
  for (const [name, { kind, secretArn }] of Object.entries(config.transfers)) {
    if (kind === "smb" && secretArn === undefined)
      issues.push({ path: ["transfers", name], message: "has the kind smb, which needs a secretArn" });
  }
  if (config.graphql && Object.keys(config.documentTables).length === 0) {
    issues.push({ path: ["graphql"], message: "needs a table, but `documentTables` is empty" });
  }
  return issues;
}

/** Finds transfers whose every file would be quarantined, because no contract claims their prefix. */
function unclaimedTransfers(config: EnvironmentConfig, contracts: readonly CompiledContract[]): Issue[] {
  if (config.ingestion.unclaimed === "leave") return [];
  return Object.entries(config.transfers).flatMap(([name, { prefix }]) =>
    contracts.some((contract) => prefix.startsWith(contract.prefix) || contract.prefix.startsWith(prefix))
      ? []
      : [
          {
            path: ["transfers", name, "prefix"],
            message:
              `is "${prefix}", which no contract claims, and \`ingestion.unclaimed\` is "quarantine": every file would be quarantined; ` +
              'allowed: the prefix of a dataset, or `ingestion.unclaimed` "leave"',
          },
        ],
  );
}

/** Returns the databases that survive the loss of an availability zone. */
const postures = ({ relationalDatabases }: EnvironmentConfig) =>
  Object.entries(relationalDatabases).map(
    ([name, one]) =>
      [
        name,
        {
          ...one,
          multiAz: one.engine.startsWith("aurora")
            ? (one.readers ?? 1) > 0
            : one.availability !== undefined && one.availability !== "single",
        },
      ] as const,
  );

function locator(stackFile: { readonly name: string; readonly text: string } | undefined): (issue: Issue) => Problem {
  const lines = new LineCounter();
  const document = stackFile && parseDocument(stackFile.text, { lineCounter: lines, prettyErrors: false });
  return (issue) => {
    const [key, ...rest] = issue.path;
    const path: Path = ["config", `${NAMESPACE}:${String(key)}`, ...rest];
    const place = document ? lines.linePos(offsetOf(document, path, issue.aboutKey === true)) : { line: 1, col: 1 };
    return {
      file: stackFile?.name ?? "the stack's configuration",
      line: Math.max(place.line, 1),
      column: Math.max(place.col, 1),
      path: pathText([`${NAMESPACE}:${String(key)}`, ...rest]),
      message: issue.message,
      ...(issue.unknown === undefined ? {} : nearest(issue.unknown.name, issue.unknown.known)),
    };
  };
}

/** Parses the values, which the Pulumi engine passes as text. A value that is no string in the schema is JSON. */
function fromEngine(key: string, text: string): unknown {
  if (schemaText.properties[key]?.type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const stackFileOf = (environment: string): string => join(ROOT, `Pulumi.${environment}.yaml`);

/** Reads the settings of an environment from its configuration in the Pulumi engine's form: `<namespace>:<key>` and text. */
export function readSettings(
  environment: string,
  configuration: Readonly<Record<string, string>>,
): ReturnType<typeof parseEnvironment> {
  const file = stackFileOf(environment);
  const prefix = `${NAMESPACE}:`;
  const values = Object.fromEntries(
    Object.entries(configuration)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, text]) => [name.slice(prefix.length), fromEngine(name.slice(prefix.length), text)]),
  );
  return parseEnvironment(values, stackFile(file));
}

/** Reads a stack file for the positions of problems; undefined if there is none. */
const stackFile = (file: string): { readonly name: string; readonly text: string } | undefined =>
  existsSync(file) ? { name: relative(process.cwd(), file) || file, text: readFileSync(file, "utf8") } : undefined;

/** Returns the environment of the stack that is being evaluated: its settings, its contracts, and the names derived from them. */
export function loadEnvironment(): Environment {
  const environment = pulumi.getStack();
  const file = stackFileOf(environment);
  const { config, problems } = readSettings(environment, pulumi.runtime.allConfig());
  const region = new pulumi.Config("aws").get("region");
  const all: Problem[] = [...problems];
  if (!region)
    all.push({
      file: relative(process.cwd(), file),
      line: 1,
      column: 1,
      path: "aws:region",
      message: "is required, for example eu-central-1",
    });
  const folder = resolve(ROOT, config?.datasets.folder ?? "datasets");
  const loaded = loadContracts(relative(process.cwd(), folder) || folder, config?.datasets.only);
  all.push(...loaded.problems);
  const contracts = loaded.contracts.map(compileContract);
  if (config) all.push(...unclaimedTransfers(config, contracts).map(locator(stackFile(file))));
  if (!config || !region || all.length > 0) throw new EnvironmentError(all);
  return {
    environment,
    region,
    config,
    contracts,
    protection: { posture: config.posture, allowDataLoss: config.allowDataLoss },
    tags: {
      environment,
      owner: config.owner,
      "cost-center": config.costCenter,
      "managed-by": "pulumi",
      project: pulumi.getProject(),
    },
    databaseName: `${NAMESPACE}_${environment.replaceAll(/[^a-z0-9_]/gi, "_").toLowerCase()}`,
  };
}
