import { DeleteCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import type { ConnectionRow } from "../../contracts/realtime";
import { dynamodb } from "./aws";
import { patiently } from "./patience";

/** Removes a connection and all its subscriptions. Returns the number of rows removed. */
export async function forgetConnection(TableName: string, connectionId: string): Promise<number> {
  let rows = 0;
  const pages = paginateQuery(
    { client: dynamodb() },
    {
      TableName,
      KeyConditionExpression: "connectionId = :id",
      ExpressionAttributeValues: { ":id": connectionId },
      ProjectionExpression: "connectionId, channel",
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) {
    rows += Items.length;
    await pMap(
      Items as Pick<ConnectionRow, "connectionId" | "channel">[],
      // The client's last messages may be at work on the same rows.
      ({ channel }) =>
        patiently(() => dynamodb().send(new DeleteCommand({ TableName, Key: { connectionId, channel } }))),
      { concurrency: 10 },
    );
  }
  return rows;
}
