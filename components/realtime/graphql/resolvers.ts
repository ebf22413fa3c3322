import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import { reference, type Resolved, type Settings } from "../../core/settings";

const CONFLICTS = {
  automerge: "AUTOMERGE",
  optimisticConcurrency: "OPTIMISTIC_CONCURRENCY",
  lambda: "LAMBDA",
} as const;

export const conflicts = z.discriminatedUnion("handler", [
  z.strictObject({ handler: z.enum(["automerge", "optimisticConcurrency"]) }),
  z.strictObject({ handler: z.literal("lambda"), function: reference<PlatformFunction>("PlatformFunction") }),
]);

const code = z
  .string()
  .regex(/\bexport\b[^;]*\brequest\b/, "a module that exports request and response")
  .describe("Text of a JavaScript module for AppSync's own runtime. It exports `request` and `response`.");

export const step = z.strictObject({
  source: z.string().describe("The name of one of `sources`."),
  code: code.optional().describe("Text of a module that exports `request` and `response`. A Lambda source needs none."),
  conflicts: conflicts
    .optional()
    .describe("What happens when two clients have changed the same version of an item of a source with `sync`."),
});

const cache = z
  .strictObject({
    seconds: z.int().min(1).max(3600).describe("Seconds that the answers are kept."),
    keys: z
      .array(
        z
          .string()
          .regex(
            /^\$context\.(arguments|source|identity)(\.[\w.]+)?$/,
            "$context.arguments.…, $context.source.… or $context.identity.…",
          ),
      )
      .default([])
      .describe("Requests that differ in one of these have answers of their own."),
  })
  .optional()
  .describe("Keeps the field's answers, if the API's cache is per `resolver`.");

export const resolver = z.union([
  step.extend({ cache }),
  z.strictObject({
    pipeline: z.array(z.string()).min(1).max(10).describe("Names of `functions`, in their order."),
    code: code.describe("Text of a module with `request` and `response`, which run before and after the pipeline."),
    cache,
  }),
]);

/** What happens when two clients have changed the same version of an item. */
export type ConflictHandling = Settings<typeof conflicts>;
/** One step over one source, with code for AppSync's own JavaScript runtime. */
export type GraphqlStep = Settings<typeof step>;
/** How a field gets its value: from one source, or by a pipeline of `functions`, with code before and after. */
export type GraphqlResolver = Settings<typeof resolver>;
/** The resolvers of an API by field, such as `Query.order`. */
export type Resolvers = Readonly<Record<string, Resolved<typeof resolver>>>;
/** The steps of pipelines by name. */
export type Steps = Readonly<Record<string, Resolved<typeof step>>>;

const syncConfig = (conflicts: Steps[string]["conflicts"]): aws.types.input.appsync.ResolverSyncConfig | undefined =>
  conflicts && {
    conflictDetection: "VERSION",
    conflictHandler: CONFLICTS[conflicts.handler],
    ...(conflicts.handler === "lambda"
      ? { lambdaConflictHandlerConfig: { lambdaConflictHandlerArn: conflicts.function.functionArn } }
      : {}),
  };

const codeArgs = (code: string | undefined) =>
  code === undefined ? {} : { code, runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" } };

/** Makes the functions and resolvers of an API, which find their sources by name. */
export function makeResolvers(
  scope: Scope,
  apiId: pulumi.Output<string>,
  sources: Readonly<Record<string, aws.appsync.DataSource>>,
  { functions, resolvers }: { readonly functions: Steps; readonly resolvers: Resolvers },
): void {
  // AppSync refuses two changes at once with ConcurrentModificationException: each resource waits for the one before.
  let next = scope;
  const steps = new Map<string, aws.appsync.Function>();
  for (const [name, step] of Object.entries(functions)) {
    const made = new aws.appsync.Function(
      `${scope.name}-${name}-function`,
      {
        apiId,
        name,
        dataSource: sources[step.source]?.name ?? "",
        ...codeArgs(step.code),
        syncConfig: syncConfig(step.conflicts),
      },
      next.child(),
    );
    steps.set(name, made);
    next = scope.after(made);
  }
  for (const [path, resolver] of Object.entries(resolvers)) {
    const [type = "", field = ""] = path.split(".");
    const { cache } = resolver;
    const made = new aws.appsync.Resolver(
      `${scope.name}-${path.replace(".", "-")}`,
      {
        apiId,
        type,
        field,
        ...("pipeline" in resolver
          ? {
              kind: "PIPELINE",
              pipelineConfig: { functions: resolver.pipeline.map((step) => steps.get(step)?.functionId ?? "") },
            }
          : {
              kind: "UNIT",
              dataSource: sources[resolver.source]?.name,
              syncConfig: syncConfig(resolver.conflicts),
            }),
        ...codeArgs(resolver.code),
        ...(cache ? { cachingConfig: { ttl: cache.seconds, cachingKeys: [...cache.keys] } } : {}),
      },
      next.child(),
    );
    next = scope.after(made);
  }
}
