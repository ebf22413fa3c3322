import type { Properties } from "../../recorded";
import { assumption, placeOf, roleNeeds, type Need, type NeedsOf, type Reason } from "./need";

const DOCS = "https://docs.aws.amazon.com";
const SOURCES = {
  monitoring: `${DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html`,
  proxy: `${DOCS}/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html`,
  flowLogs: `${DOCS}/vpc/latest/userguide/flow-logs-iam-role.html`,
  secrets: `${DOCS}/dms/latest/userguide/security_iam_secretsmanager.html`,
  dmsS3: `${DOCS}/dms/latest/userguide/CHAP_Target.S3.html`,
  dmsKinesis: `${DOCS}/dms/latest/userguide/CHAP_Target.Kinesis.html`,
  dmsVpc: `${DOCS}/dms/latest/userguide/security-iam.html`,
};

/** What RDS does with the role of Enhanced Monitoring. */
export const monitoringNeeds: NeedsOf = (instance, program) => {
  const { monitoringRoleArn, monitoringInterval } = instance.inputs;
  if (!monitoringRoleArn || !monitoringInterval) return [];
  const { partition, region, account } = placeOf(instance.state.arn);
  // CloudWatch Logs authorizes the making of a group on the ARN with the wildcard of streams:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-identity-based-access-control-cwl.html
  const group = `arn:${partition}:logs:${region}:${account}:log-group:RDSOSMetrics`;
  const reason: Reason = { by: instance, why: "its operating system is monitored", source: SOURCES.monitoring };
  return [
    ...assumption(program, monitoringRoleArn, "monitoring.rds.amazonaws.com", reason),
    ...roleNeeds(
      program,
      monitoringRoleArn,
      [
        [["logs:CreateLogGroup", "logs:PutRetentionPolicy"], [`${group}:*`]],
        [
          ["CreateLogStream", "PutLogEvents", "DescribeLogStreams", "GetLogEvents"].map((one) => `logs:${one}`),
          [`${group}:log-stream:*`],
        ],
      ],
      reason,
    ),
  ];
};

/** What a proxy does with its role: it reads the secrets of the users by which it logs in. */
export const proxyNeeds: NeedsOf = (proxy, program) => {
  const { roleArn, auths = [] } = proxy.inputs as Properties;
  const reason: Reason = { by: proxy, why: "it logs in to the database", source: SOURCES.proxy };
  const secrets = auths.map(({ secretArn }: Properties) => secretArn).filter(Boolean);
  return [
    ...assumption(program, roleArn, "rds.amazonaws.com", reason),
    ...roleNeeds(program, roleArn, [[["secretsmanager:GetSecretValue"], secrets]], reason),
  ];
};

/** What VPC flow logs do with their role. */
export const flowLogNeeds: NeedsOf = (flowLog, program) => {
  const { iamRoleArn, logDestination, logDestinationType } = flowLog.inputs;
  if (logDestinationType !== "cloud-watch-logs") return [];
  const reason: Reason = { by: flowLog, why: "it is delivered to CloudWatch Logs", source: SOURCES.flowLogs };
  const streams = `${logDestination}:log-stream:*`;
  return [
    ...assumption(program, iamRoleArn, "vpc-flow-logs.amazonaws.com", reason),
    ...roleNeeds(
      program,
      iamRoleArn,
      [
        [["logs:CreateLogStream", "logs:PutLogEvents"], [streams]],
        [["logs:DescribeLogStreams"], [logDestination]],
      ],
      reason,
    ),
  ];
};

const objectsOf = (bucketArn: string, folder: string): string => `${bucketArn}/${folder ? `${folder}/` : ""}*`;

/** What DMS does with the roles of an endpoint: it reads the secret, and writes to the target or reads from the source. */
export const migrationEndpointNeeds: NeedsOf = (endpoint, program) => {
  const { inputs, state } = endpoint;
  const { partition, region } = placeOf(state.arn);
  const reason = (why: string, source: string): Reason => ({ by: endpoint, why, source });
  const needs: Need[] = [];
  if (inputs.secretsManagerArn) {
    const why = reason("it logs in with the secret", SOURCES.secrets);
    needs.push(
      ...assumption(program, inputs.secretsManagerAccessRoleArn, `dms.${region}.amazonaws.com`, why),
      ...roleNeeds(
        program,
        inputs.secretsManagerAccessRoleArn,
        [[["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], [inputs.secretsManagerArn]]],
        why,
      ),
    );
  }
  if (inputs.kinesisSettings) {
    const { streamArn, serviceAccessRoleArn } = inputs.kinesisSettings;
    const actions = ["DescribeStream", "PutRecord", "PutRecords"].map((action) => `kinesis:${action}`);
    const why = reason("it writes records", SOURCES.dmsKinesis);
    needs.push(
      ...assumption(program, serviceAccessRoleArn, "dms.amazonaws.com", why),
      ...roleNeeds(program, serviceAccessRoleArn, [[actions, [streamArn]]], why),
    );
  }
  if (inputs.bucketName && inputs.serviceAccessRoleArn) {
    const bucket = `arn:${partition}:s3:::${inputs.bucketName}`;
    const isTarget = inputs.endpointType === "target";
    const write = ["PutObject", "DeleteObject", "PutObjectTagging"];
    const actions = ["GetObject", ...(isTarget ? write : [])].map((action) => `s3:${action}`);
    const why = reason(isTarget ? "it writes files" : "it reads files", SOURCES.dmsS3);
    needs.push(
      ...assumption(program, inputs.serviceAccessRoleArn, "dms.amazonaws.com", why),
      ...roleNeeds(
        program,
        inputs.serviceAccessRoleArn,
        [[actions, [objectsOf(bucket, inputs.bucketFolder ?? "")]]],
        why,
      ),
      // DMS lists its folder without a slash at the end.
      ...roleNeeds(program, inputs.serviceAccessRoleArn, [[["s3:ListBucket"], [bucket]]], why, {
        "s3:prefix": inputs.bucketFolder ?? "",
      }),
    );
  }
  return needs;
};

/** What DMS does in the VPC of a replication instance, by the account's role `dms-vpc-role`. */
export const replicationInstanceNeeds: NeedsOf = (instance, program) => {
  const role = program.role("dms-vpc-role");
  const reason: Reason = { by: instance, why: "it has network interfaces in the VPC", source: SOURCES.dmsVpc };
  const actions = [
    ...[
      "CreateNetworkInterface",
      "DeleteNetworkInterface",
      "ModifyNetworkInterfaceAttribute",
      "DescribeNetworkInterfaces",
    ],
    ...["DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups", "DescribeAvailabilityZones"],
  ].map((action) => `ec2:${action}`);
  return [
    ...assumption(program, role?.arn, "dms.amazonaws.com", reason),
    ...roleNeeds(program, role?.arn, [[actions, ["*"]]], reason),
  ];
};
