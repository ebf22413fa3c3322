import type { Properties, RecordedResource } from "../recorded";
import { isObject } from "../wire";

/** Finds resources of the program by what others call them: a name, an id or an ARN. */
export type Finder = (type: string, text: unknown) => RecordedResource | undefined;

/** The log groups that a service writes to for a resource of a type, and creates if they do not exist: without a key, and for ever. */
export interface ImplicitLogGroups {
  readonly names: (resource: RecordedResource, find: Finder) => readonly string[];
  /** The page that names the groups. */
  readonly source: string;
}

const GLUE = "https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html";
const SECURITY = "aws:glue/securityConfiguration:SecurityConfiguration";

/** The name of a role with its path, as Glue writes it into the names of encrypted log groups. */
const roleOf = (role: unknown): string => String(role).replace(/^arn:[^/]*:role\//, "");

/** The name of a security configuration if it encrypts logs. Glue then writes to groups of its own for each configuration and role. */
function logSecurity(name: unknown, find: Finder): string | undefined {
  if (typeof name !== "string") return undefined;
  const found = find(SECURITY, name);
  const mode = found?.inputs.encryptionConfiguration?.cloudwatchEncryption?.cloudwatchEncryptionMode;
  return found && mode !== "SSE-KMS" ? undefined : name;
}

function glueJobGroups({ inputs }: RecordedResource, find: Finder): string[] {
  const security = logSecurity(inputs.securityConfiguration, find);
  const given = (inputs.defaultArguments ?? {}) as Properties;
  const usual = inputs.command?.name === "pythonshell" ? "/aws-glue/python-jobs" : "/aws-glue/jobs";
  const prefix = String(given["--custom-logGroup-prefix"] ?? usual);
  const folder = security ? `${prefix}/${security}-role/${roleOf(inputs.roleArn)}` : prefix;
  const isOld = Number.parseInt(String(inputs.glueVersion ?? "0"), 10) < 5;
  const isContinuous = isOld && given["--enable-continuous-cloudwatch-log"] === "true";
  const continuous = String(given["--continuous-log-logGroup"] ?? `${usual}/logs-v2`);
  return [
    `${folder}/error`,
    `${folder}/output`,
    // https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-enable.html: its examples name another default than its text.
    ...(isContinuous ? [security ? `${continuous}-${security}` : continuous] : []),
  ];
}

const exported = (kind: "instance" | "cluster", { state, inputs }: RecordedResource, identifier: string): string[] =>
  ((inputs.enabledCloudwatchLogsExports ?? []) as string[]).map(
    (log) => `/aws/rds/${kind}/${state[identifier]}/${log}`,
  );

const isLogging = (settings: unknown): boolean => {
  if (typeof settings !== "string" || !settings.startsWith("{")) return false;
  const { Logging } = JSON.parse(settings) as { readonly Logging?: { readonly EnableLogging?: boolean } };
  return Logging?.EnableLogging === true;
};

/** Returns the name in the ARN of a log group. */
const groupIn = (arn: unknown): string[] => {
  const [, name] = /:log-group:([^:]+)/.exec(String(arn)) ?? [];
  return name === undefined ? [] : [name];
};

const feedback = /^(application|firehose|http|lambda|sqs)(Success|Failure)FeedbackRoleArn$/;

/**
 * By type. The group RDSOSMetrics of enhanced monitoring is not here: it is the region's, and RDS lets it expire after 30 days
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.overview.html#USER_Monitoring.OS.retention).
 */
export const IMPLICIT_LOG_GROUPS: Readonly<Record<string, ImplicitLogGroups>> = {
  "aws:lambda/function:Function": {
    names: ({ inputs, state }) => [String(inputs.loggingConfig?.logGroup ?? `/aws/lambda/${state.name}`)],
    source: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html",
  },
  "aws:glue/job:Job": { names: glueJobGroups, source: GLUE },
  "aws:glue/crawler:Crawler": {
    names: ({ inputs }, find) => {
      const security = logSecurity(inputs.securityConfiguration, find);
      // The page has the group without a configuration only. Solutions that AWS publishes use this name for the other.
      return [security ? `/aws-glue/crawlers-role/${roleOf(inputs.role)}-${security}` : "/aws-glue/crawlers"];
    },
    source: "https://docs.aws.amazon.com/glue/latest/dg/troubleshooting-contact-support.html",
  },
  "aws:dms/replicationTask:ReplicationTask": {
    names: ({ inputs }, find) => {
      const instance = find("aws:dms/replicationInstance:ReplicationInstance", inputs.replicationInstanceArn);
      return instance && isLogging(inputs.replicationTaskSettings)
        ? [`dms-tasks-${instance.state.replicationInstanceId}`]
        : [];
    },
    source: "https://docs.aws.amazon.com/dms/latest/userguide/security-iam-awsmanpol.html",
  },
  "aws:dms/replicationConfig:ReplicationConfig": {
    names: ({ inputs, state }) => [
      `dms-serverless-replication-${inputs.resourceIdentifier ?? String(state.arn).replace(/^.*[:/]/, "")}`,
    ],
    source: "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Serverless.Components.html",
  },
  "aws:rds/instance:Instance": {
    names: (resource) => exported("instance", resource, "identifier"),
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
  },
  "aws:rds/cluster:Cluster": {
    names: (resource) => exported("cluster", resource, "clusterIdentifier"),
    source:
      "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
  },
  "aws:rds/proxy:Proxy": {
    names: ({ state }) => [`/aws/rds/proxy/${state.name}`],
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html",
  },
  "aws:appsync/graphQLApi:GraphQLApi": {
    names: ({ inputs, state }) => (inputs.logConfig ? [`/aws/appsync/apis/${state.id}`] : []),
    source: "https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html",
  },
  "aws:apigatewayv2/stage:Stage": {
    names: ({ inputs }) => {
      const levels = [inputs.defaultRouteSettings, ...(inputs.routeSettings ?? [])] as Properties[];
      const isOn = levels.some((settings) => ["ERROR", "INFO"].includes(settings?.loggingLevel));
      return [
        ...(isOn ? [`/aws/apigateway/${inputs.apiId}/${inputs.name}`] : []),
        ...groupIn(inputs.accessLogSettings?.destinationArn),
      ];
    },
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html",
  },
  "aws:apigateway/methodSettings:MethodSettings": {
    names: ({ inputs }) =>
      ["ERROR", "INFO"].includes(inputs.settings?.loggingLevel)
        ? [`API-Gateway-Execution-Logs_${inputs.restApi}/${inputs.stageName}`]
        : [],
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
  },
  "aws:sns/topic:Topic": {
    names: ({ inputs, state }) => {
      const [, , , region = "", account = ""] = String(state.arn).split(":");
      const group = `sns/${region}/${account}/${state.name}`;
      return Object.keys(inputs as object).some((key) => feedback.test(key)) ? [group, `${group}/Failure`] : [];
    },
    source: "https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html",
  },
  "aws:codebuild/project:Project": {
    names: ({ inputs, state }) => {
      const logs = inputs.logsConfig?.cloudwatchLogs;
      return logs?.status === "DISABLED" ? [] : [String(logs?.groupName ?? `/aws/codebuild/${state.name}`)];
    },
    source: "https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html",
  },
  "aws:sfn/stateMachine:StateMachine": {
    names: ({ inputs }) => groupIn(inputs.loggingConfiguration?.logDestination),
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
  },
  "aws:datasync/task:Task": {
    // In enhanced mode DataSync ignores the group that the task names.
    names: ({ inputs }) => (inputs.taskMode === "ENHANCED" ? ["/aws/datasync"] : groupIn(inputs.cloudwatchLogGroupArn)),
    source: "https://docs.aws.amazon.com/datasync/latest/userguide/configure-logging.html#cloudwatchlogs",
  },
  "aws:ec2/flowLog:FlowLog": {
    names: ({ inputs }) => groupIn(inputs.logDestination),
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html",
  },
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
    names: ({ inputs }) =>
      Object.values(inputs as Properties)
        .filter(isObject)
        .map(({ cloudwatchLoggingOptions }) => cloudwatchLoggingOptions as Properties)
        .filter((options) => options?.enabled === true && typeof options.logGroupName === "string")
        .map((options) => String(options.logGroupName)),
    source: "https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html",
  },
};
