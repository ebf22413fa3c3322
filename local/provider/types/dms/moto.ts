import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as dms from "@aws-sdk/client-database-migration-service";
import type { Context } from "../../handler";
import { tagList } from "../../shape";

const mended = new WeakSet<dms.DatabaseMigrationServiceClient>();

/** moto answers with times as text where DMS sends seconds, which the SDK cannot read: they are made what they should be. */
export function withSeconds(client: dms.DatabaseMigrationServiceClient): dms.DatabaseMigrationServiceClient {
  if (mended.has(client)) return client;
  mended.add(client);
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: Readable };
      const text = (await buffer(response.body)).toString("utf8");
      const seconds = text.replace(
        /"(\w+(?:Time|Date))": ?"(\d{4}-\d\d-\d\dT[^"]+)"/g,
        (_all, name: string, time: string) => `"${name}": ${Date.parse(zoned(time)) / 1000}`,
      );
      response.body = Readable.from([Buffer.from(seconds)]);
      return result;
    },
    { step: "deserialize", name: "timesInSeconds", priority: "low" },
  );
  return client;
}

const zoned = (time: string): string => (/(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`);

export const moto = (ctx: Context): dms.DatabaseMigrationServiceClient =>
  withSeconds(ctx.moto(dms.DatabaseMigrationServiceClient));

export const filter = (Name: string, value: string): dms.Filter[] => [{ Name, Values: [value] }];

/** moto takes no empty list of tags. */
export const tagged = (tags: unknown): { Key: string; Value: string }[] | undefined => {
  const list = tagList(tags);
  return list.length > 0 ? list : undefined;
};

/** Tasks that run and use an endpoint, which nobody may change meanwhile. */
export async function runningTasks(ctx: Context, endpointArn: string): Promise<string[]> {
  const { ReplicationTasks = [] } = await moto(ctx).send(
    new dms.DescribeReplicationTasksCommand({ Filters: filter("endpoint-arn", endpointArn), WithoutSettings: true }),
  );
  return ReplicationTasks.filter(({ Status }) => Status === "running").map((task) => task.ReplicationTaskArn ?? "");
}

export const stop = (ctx: Context, ReplicationTaskArn: string): Promise<unknown> =>
  moto(ctx).send(new dms.StopReplicationTaskCommand({ ReplicationTaskArn }));

export const start = (
  ctx: Context,
  ReplicationTaskArn: string,
  StartReplicationTaskType: dms.StartReplicationTaskTypeValue,
): Promise<unknown> =>
  moto(ctx).send(new dms.StartReplicationTaskCommand({ ReplicationTaskArn, StartReplicationTaskType }));
