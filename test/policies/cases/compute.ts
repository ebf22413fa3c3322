import { ACCOUNT, AWS_KEY, KEY, UNKNOWN, UNSET, type Cases, type Fixture } from "./case";

const machine: Fixture = {
  type: "aws:sfn/stateMachine:StateMachine",
  props: {
    loggingConfiguration: {
      level: "ALL",
      includeExecutionData: true,
      logDestination: `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:flow:*`,
    },
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: KEY },
  },
};

const lambda: Fixture = {
  type: "aws:lambda/function:Function",
  props: {
    runtime: "nodejs24.x",
    deadLetterConfig: { targetArn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:dead` },
    tracingConfig: { mode: "Active" },
    environment: { variables: { LEDGER_TABLE: "ledger" } },
    kmsKeyArn: KEY,
  },
};

const permission: Fixture = {
  type: "aws:lambda/permission:Permission",
  props: {
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    sourceArn: `arn:aws:events:eu-central-1:${ACCOUNT}:rule/landed`,
  },
};

const group: Fixture = {
  type: "aws:cloudwatch/logGroup:LogGroup",
  props: { kmsKeyId: KEY, retentionInDays: 30 },
};

export const COMPUTE: Cases = {
  "stepfunctions/logging": {
    stack: { machine },
    fields: { "machine.loggingConfiguration.level": {}, "machine.loggingConfiguration.logDestination": {} },
    violating: {
      "logs errors only": [{ "machine.loggingConfiguration.level": "ERROR" }, /all events/],
      "does not log": [{ "machine.loggingConfiguration.level": "OFF" }, /all events/],
    },
  },
  "stepfunctions/tracing": {
    stack: { machine },
    fields: { "machine.tracingConfiguration.enabled": {} },
    violating: {},
  },
  "stepfunctions/encryption": {
    stack: { machine },
    fields: { "machine.encryptionConfiguration.type": {}, "machine.encryptionConfiguration.kmsKeyId": {} },
    violating: {
      "uses AWS's key": [{ "machine.encryptionConfiguration.type": "AWS_OWNED_KEY" }, /customer managed key/],
      "names AWS's key as its own": [{ "machine.encryptionConfiguration.kmsKeyId": AWS_KEY }, /customer managed key/],
    },
  },
  "lambda/supported-runtime": {
    stack: { lambda },
    fields: { "lambda.runtime": {} },
    compliant: Object.fromEntries(
      [
        ...["nodejs22.x", "python3.11", "python3.12", "python3.13", "python3.14", "java17", "java21", "java25"],
        ...["dotnet8", "dotnet10", "ruby3.3", "ruby3.4", "provided.al2023"],
      ].map((runtime) => [`runs on ${runtime}`, { "lambda.runtime": runtime }]),
    ),
    violating: {
      "runs on Node.js 16": [{ "lambda.runtime": "nodejs16.x" }, /"nodejs16\.x".*not supported/],
      "runs on Python 3.8": [{ "lambda.runtime": "python3.8" }, /"python3\.8"/],
      "runs on Java 8": [{ "lambda.runtime": "java8.al2" }, /"java8\.al2"/],
    },
    notApplicable: { "is a container image": { "lambda.packageType": "Image", "lambda.runtime": UNSET } },
  },
  "lambda/no-public-permission": {
    stack: { permission },
    fields: { "permission.principal": {} },
    compliant: {
      "is for everybody of an organization": { "permission.principal": "*", "permission.principalOrgId": "o-1a2b" },
      "is for an account": { "permission.principal": ACCOUNT },
    },
    violating: {
      "is for everybody": [{ "permission.principal": "*" }, /every principal/],
      "is for everybody of an empty organization": [
        { "permission.principal": "*", "permission.principalOrgId": "" },
        /every principal/,
      ],
    },
    unknown: {
      "is for everybody of who knows what": { "permission.principal": "*", "permission.principalOrgId": UNKNOWN },
    },
  },
  "lambda/permission-source": {
    stack: { permission },
    fields: { "permission.sourceArn": {} },
    compliant: {
      "names the account": { "permission.sourceArn": UNSET, "permission.sourceAccount": ACCOUNT },
    },
    violating: {
      "names neither in another partition": [
        { "permission.principal": "events.amazonaws.com.cn", "permission.sourceArn": UNSET },
        /every account: neither sourceArn nor sourceAccount is set/,
      ],
    },
    notApplicable: { "is for an account": { "permission.principal": ACCOUNT, "permission.sourceArn": UNSET } },
    unknown: { "is for who knows whom": { "permission.principal": UNKNOWN } },
  },
  "lambda/dead-letter": { stack: { lambda }, fields: { "lambda.deadLetterConfig.targetArn": {} }, violating: {} },
  "lambda/tracing": {
    stack: { lambda },
    fields: { "lambda.tracingConfig.mode": {} },
    violating: { "leaves it to its callers": [{ "lambda.tracingConfig.mode": "PassThrough" }, /traced/] },
  },
  "lambda/environment-encryption": {
    stack: { lambda },
    fields: { "lambda.kmsKeyArn": {} },
    violating: { "uses AWS's key": [{ "lambda.kmsKeyArn": AWS_KEY }, /customer managed key/] },
    notApplicable: {
      "has no environment": { "lambda.environment": UNSET, "lambda.kmsKeyArn": UNSET },
      "has an empty environment": { "lambda.environment.variables": {}, "lambda.kmsKeyArn": UNSET },
    },
    unknown: { "may have an environment": { "lambda.environment": UNKNOWN, "lambda.kmsKeyArn": UNSET } },
  },
  "logs/encryption": {
    stack: { group },
    fields: { "group.kmsKeyId": {} },
    violating: { "uses AWS's key": [{ "group.kmsKeyId": AWS_KEY }, /customer managed key/] },
  },
  "logs/retention": { stack: { group }, fields: { "group.retentionInDays": {} }, violating: {} },
};
