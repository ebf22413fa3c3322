import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { KinesisStreamingDestinationArgs } from "@pulumi/aws/dynamodb";
import { define } from "../../handler";

/** `table,stream ARN` */
const parts = (id: string): { readonly TableName: string; readonly StreamArn: string } => {
  const comma = id.indexOf(",");
  return { TableName: id.slice(0, comma), StreamArn: id.slice(comma + 1) };
};

export const kinesisStreamingDestination = define<KinesisStreamingDestinationArgs>({
  type: "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
  outputs: [],
  replaceOn: ["tableName", "streamArn", "approximateCreationDateTimePrecision"],
  defaults: { approximateCreationDateTimePrecision: "MILLISECOND" },
  deleteBeforeReplace: true,
  async create(ctx, inputs) {
    await ctx.client(dynamodb.DynamoDBClient).send(
      new dynamodb.EnableKinesisStreamingDestinationCommand({
        TableName: inputs.tableName,
        StreamArn: inputs.streamArn,
        EnableKinesisStreamingConfiguration: inputs.approximateCreationDateTimePrecision
          ? {
              ApproximateCreationDateTimePrecision:
                inputs.approximateCreationDateTimePrecision as dynamodb.ApproximateCreationDateTimePrecision,
            }
          : undefined,
      }),
    );
    return `${inputs.tableName},${inputs.streamArn}`;
  },
  async read(ctx, id) {
    const { TableName, StreamArn } = parts(id);
    const { KinesisDataStreamDestinations = [] } = await ctx
      .client(dynamodb.DynamoDBClient)
      .send(new dynamodb.DescribeKinesisStreamingDestinationCommand({ TableName }));
    const held = KinesisDataStreamDestinations.find(
      (one) => one.StreamArn === StreamArn && /^(ACTIVE|ENABLING|UPDATING)$/.test(one.DestinationStatus ?? ""),
    );
    return (
      held && {
        tableName: TableName,
        streamArn: StreamArn,
        approximateCreationDateTimePrecision: held.ApproximateCreationDateTimePrecision ?? "MILLISECOND",
      }
    );
  },
  async delete(ctx, id) {
    await ctx.client(dynamodb.DynamoDBClient).send(new dynamodb.DisableKinesisStreamingDestinationCommand(parts(id)));
  },
});
