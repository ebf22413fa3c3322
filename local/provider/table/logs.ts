import type { Row } from "../generic/row";

export const LOGS: readonly Row[] = [
  {
    type: "aws:cloudwatch/logGroup:LogGroup",
    service: "CloudWatchLogs",
    create: "CreateLogGroup",
    id: "{name}",
    // The groups of the answer begin with the name.
    names: { name: ["logGroupName", "logGroupNamePrefix", "logGroupIdentifier"] },
    read: { operation: "DescribeLogGroups", item: "logGroups" },
    update: [
      { operation: "PutRetentionPolicy", off: "DeleteRetentionPolicy" },
      { operation: "AssociateKmsKey", off: "DisassociateKmsKey" },
      "PutLogGroupDeletionProtection",
    ],
    delete: "DeleteLogGroup",
    computed: ({ item }) => ({
      arn: item.logGroupArn ?? item.arn?.replace(/:\*$/, ""),
      kmsKeyId: item.kmsKeyId,
      retentionInDays: item.retentionInDays ?? 0,
      logGroupClass: item.logGroupClass ?? "STANDARD",
    }),
    replaceOn: ["name", "namePrefix", "logGroupClass"],
    defaults: { logGroupClass: "STANDARD", retentionInDays: 0 },
    unset: { deletionProtectionEnabled: false },
    forgotten: ["deletionProtectionEnabled"],
    keeps: ["name", "logGroupClass"],
    settings: ["skipDestroy"],
    autoname: { property: "name", prefix: "namePrefix", maxLength: 512 },
  },
  {
    type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    service: "CloudWatchLogs",
    create: "PutResourcePolicy",
    // A policy belongs to the account by its name, or to a resource.
    id: "{policyName|resourceArn}",
    read: { operation: "DescribeResourcePolicies", item: "resourcePolicies", with: { limit: 50 } },
    matches: ({ policyName, resourceArn }, id) => policyName === id || resourceArn === id,
    computed: ({ item }) => ({ policyScope: item.policyScope ?? "ACCOUNT" }),
    update: ["PutResourcePolicy"],
    delete: "DeleteResourcePolicy",
    changing: ["revisionId"],
    replaceOn: ["policyName", "resourceArn"],
    documents: ["policyDocument"],
  },
  {
    type: "aws:cloudwatch/logStream:LogStream",
    service: "CloudWatchLogs",
    create: "CreateLogStream",
    id: "{logGroupName}:{name}",
    names: { name: ["logStreamName", "logStreamNamePrefix"] },
    read: { operation: "DescribeLogStreams", item: "logStreams" },
    delete: "DeleteLogStream",
    replaceOn: ["name", "logGroupName"],
    autoname: { property: "name", maxLength: 512 },
  },
];
