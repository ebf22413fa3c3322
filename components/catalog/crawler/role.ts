import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { AwsContext } from "../../core/scope";
import type { ResolvedTargets } from "./targets";
import type { DataCatalog } from "../data-catalog";

export interface CrawlerRoleArgs {
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  readonly targets: ResolvedTargets;
  readonly context: AwsContext;
  readonly queueArns: readonly pulumi.Input<string>[];
  readonly further: readonly Statement[];
}

/** The rights of a crawler's role: its logs, the catalog's tables, and each target's data. */
export function crawlerStatements({
  catalog,
  key,
  targets,
  context,
  queueArns,
  further,
}: CrawlerRoleArgs): Statement[] {
  const { partition, region, accountId } = context;
  const glue = (rest: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.interpolate`arn:${partition}:glue:${region}:${accountId}:${rest}`;
  const logs = pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:/aws-glue/crawlers*`;
  const { s3, jdbc, mongodb, dynamodb, delta, iceberg, hudi } = targets;
  const tables = [...delta, ...iceberg, ...hudi];
  const connections = [...s3, ...jdbc, ...mongodb, ...tables].flatMap(({ connectionName }) =>
    connectionName ? [connectionName] : [],
  );
  return [
    {
      actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"],
      resources: [logs, pulumi.interpolate`${logs}:log-stream:*`],
    },
    // It knows no resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
    { actions: ["glue:GetSecurityConfiguration"], resources: ["*"] },
    ...key.grantEncryptDecrypt({ directly: true }),
    ...catalog.grantTables(),
    ...s3.flatMap(({ bucket, prefix }) => bucket.grantRead(prefix)),
    ...tables.flatMap(({ bucket, prefixes }) => prefixes.flatMap((prefix) => bucket.grantRead(prefix))),
    ...targets.catalog.flatMap(({ bucket }) => bucket.grantRead()),
    ...(dynamodb.length === 0
      ? []
      : [
          { actions: ["dynamodb:DescribeTable", "dynamodb:Scan"], resources: dynamodb.map(({ tableArn }) => tableArn) },
        ]),
    ...(connections.length === 0
      ? []
      : [
          {
            actions: ["glue:GetConnection"],
            resources: [
              catalog.arns.catalog,
              ...connections.map((name) => glue(pulumi.interpolate`connection/${name}`)),
            ],
          },
          // Network interfaces into the connection's subnet; Describe knows no resources.
          {
            actions: [
              "ec2:DescribeSubnets",
              "ec2:DescribeSecurityGroups",
              "ec2:DescribeVpcEndpoints",
              "ec2:DescribeVpcAttribute",
              "ec2:DescribeRouteTables",
              "ec2:DescribeNetworkInterfaces",
            ],
            resources: ["*"],
          },
          {
            actions: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:CreateTags"],
            resources: ["network-interface/*", "subnet/*", "security-group/*"].map(
              (kind) => pulumi.interpolate`arn:${partition}:ec2:${region}:${accountId}:${kind}`,
            ),
          },
        ]),
    ...(queueArns.length === 0
      ? []
      : [
          {
            // https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-event-notifications.html
            actions: [
              "sqs:ReceiveMessage",
              "sqs:DeleteMessage",
              "sqs:PurgeQueue",
              "sqs:GetQueueUrl",
              "sqs:GetQueueAttributes",
              "sqs:SetQueueAttributes",
              "sqs:ListQueueTags",
              "sqs:ListDeadLetterSourceQueues",
            ],
            resources: queueArns,
          },
        ]),
    ...further,
  ];
}
