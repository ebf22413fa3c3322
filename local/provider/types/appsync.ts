import {
  AppSyncClient,
  GetIntrospectionSchemaCommand,
  GetSchemaCreationStatusCommand,
  StartSchemaCreationCommand,
} from "@aws-sdk/client-appsync";
import type { Context, Handler } from "../handler";

const appsync = (ctx: Context): AppSyncClient => ctx.client(AppSyncClient);

/** Gives an API its schema by requests of their own, as AWS takes them. */
export const withSchema = (api: Handler): Handler => ({
  ...api,
  async create(ctx, inputs, exists) {
    const made = await api.create(ctx, inputs, exists);
    await putSchema(ctx, typeof made === "string" ? made : made.id, inputs.schema);
    return made;
  },
  async read(ctx, apiId, known) {
    const held = await api.read(ctx, apiId, known);
    if (!held || known.schema === undefined) return held;
    const { schema } = await appsync(ctx).send(new GetIntrospectionSchemaCommand({ apiId, format: "SDL" }));
    return { ...held, schema: schema && Buffer.from(schema).toString("utf8") };
  },
  async update(ctx, apiId, olds, news, changed) {
    await api.update?.(ctx, apiId, olds, news, changed);
    if (changed.has("schema")) await putSchema(ctx, apiId, news.schema);
  },
});

async function putSchema(ctx: Context, apiId: string, schema: unknown): Promise<void> {
  if (typeof schema !== "string") return;
  await appsync(ctx).send(new StartSchemaCreationCommand({ apiId, definition: Buffer.from(schema) }));
  for (const deadline = Date.now() + 60_000; ; await new Promise((wake) => setTimeout(wake, 100))) {
    const { status, details } = await appsync(ctx).send(new GetSchemaCreationStatusCommand({ apiId }));
    if (status === "SUCCESS" || status === "ACTIVE") return;
    if (status === "FAILED") throw new Error(`AWS refuses the schema: ${details}`);
    if (Date.now() > deadline) throw new Error(`the schema is still ${status} after a minute`);
  }
}
