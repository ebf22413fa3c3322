import { callsOfFunction, type Architecture } from "../../../components/core/platform-function/bundle";
import type { RecordedResource } from "../../recorded";
import type { ProgramPolicies } from "../program";
import { COMMANDS } from "./commands";
import { assumption, placeOf, roleNeeds, type Need, type NeedsOf, type Reason } from "./need";
import { zoneUses } from "./zones";

const DOCS = "https://docs.aws.amazon.com/lambda/latest/dg";
const SOURCES = {
  role: `${DOCS}/lambda-intro-execution-role.html`,
  logs: `${DOCS}/monitoring-cloudwatchlogs.html`,
  xray: `${DOCS}/services-xray.html`,
  deadLetters: `${DOCS}/invocation-async-retain-records.html`,
  key: `${DOCS}/configuration-envvars-encryption.html`,
  vpc: `${DOCS}/configuration-vpc.html`,
  calls:
    "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
};

/** What Lambda does with a function's role, and what the function's own source asks of AWS. */
export const functionNeeds: NeedsOf = (fn, program) => {
  const { inputs, state } = fn;
  const reason = (why: string, source: string): Reason => ({ by: fn, why, source });
  const grant = (actions: readonly string[], resources: readonly string[], why: string, source: string): Need[] =>
    roleNeeds(program, inputs.role, [[actions, resources]], reason(why, source));
  const group = program.named(
    "aws:cloudwatch/logGroup:LogGroup",
    inputs.loggingConfig?.logGroup ?? `/aws/lambda/${state.name}`,
  );
  const needs = assumption(program, inputs.role, "lambda.amazonaws.com", reason("it runs", SOURCES.role));
  if (group)
    needs.push(
      ...grant(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [`${group.state.arn}:log-stream:*`],
        "it logs",
        SOURCES.logs,
      ),
    );
  if (inputs.tracingConfig?.mode === "Active")
    needs.push(...grant(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"], "it is traced", SOURCES.xray));
  const deadLetters = inputs.deadLetterConfig?.targetArn;
  if (deadLetters) {
    const action = deadLetters.includes(":sqs:") ? "sqs:SendMessage" : "sns:Publish";
    needs.push(...grant([action], [deadLetters], "its failed events are kept", SOURCES.deadLetters));
  }
  if (inputs.kmsKeyArn)
    needs.push(...grant(["kms:Decrypt"], [inputs.kmsKeyArn], "its environment is encrypted", SOURCES.key));
  if (inputs.vpcConfig?.subnetIds?.length > 0) {
    const actions = [
      "CreateNetworkInterface",
      "DescribeNetworkInterfaces",
      "DescribeSubnets",
      "DeleteNetworkInterface",
    ];
    needs.push(
      ...grant(
        actions.map((action) => `ec2:${action}`),
        ["*"],
        "it runs in a VPC",
        SOURCES.vpc,
      ),
    );
  }
  return [...needs, ...callNeeds(fn, program)];
};

/** What the source of a platform function calls. The function's logs carry the name of its source. */
function callNeeds(fn: RecordedResource, program: ProgramPolicies): Need[] {
  const { inputs } = fn;
  const variables: Readonly<Record<string, string>> = inputs.environment?.variables ?? {};
  const code = variables.POWERTOOLS_SERVICE_NAME ?? "";
  const architecture = (inputs.architectures?.[0] ?? "x86_64") as Architecture;
  const calls = callsOfFunction(code, architecture);
  const reason: Reason = { by: fn, why: `the source of ${code} calls it`, source: SOURCES.calls };
  const targets = targetsOf(fn, variables, program);
  const direct = calls.flatMap((call) => {
    const command = COMMANDS[call];
    const resources = command && targets[command.on];
    return command && resources ? roleNeeds(program, inputs.role, [[command.actions, resources]], reason) : [];
  });
  const buckets = Object.entries(variables).flatMap(([name, value]) => (name.endsWith("_BUCKET") ? [value] : []));
  return [...direct, ...zoneUses(program, inputs.role, code, buckets, reason)];
}

/** Returns the ARNs on which a function's calls work, by the kind that the table of commands names. */
function targetsOf(
  fn: RecordedResource,
  variables: Readonly<Record<string, string>>,
  program: ProgramPolicies,
): Readonly<Record<string, readonly string[]>> {
  const { partition, region, account } = placeOf(fn.state.arn);
  const arn = (service: string, rest: string): string => `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const targets: Record<string, readonly string[]> = {};
  const table = variables.LEDGER_TABLE ?? variables.CONNECTION_TABLE;
  if (table) targets.table = [arn("dynamodb", `table/${table}`)];
  if (variables.DATABASE_NAME) {
    const database = variables.DATABASE_NAME;
    targets.catalog = [arn("glue", "catalog"), arn("glue", `database/${database}`), arn("glue", `table/${database}/*`)];
  }
  if (variables.ALERT_TOPIC_ARN) targets.topic = [variables.ALERT_TOPIC_ARN];
  if (variables.EVENT_BUS_NAME) targets.bus = [arn("events", `event-bus/${variables.EVENT_BUS_NAME}`)];
  if (variables.DELIVERY_STREAM) targets.stream = [arn("firehose", `deliverystream/${variables.DELIVERY_STREAM}`)];
  const machine = variables.STATE_MACHINE_ARN;
  if (machine) {
    targets.machine = [machine];
    targets.execution = [`${machine.replace(":stateMachine:", ":execution:")}:*`];
  }
  const apis = program.of("aws:apigatewayv2/api:Api");
  const api = apis.find(({ state }) => variables.MANAGEMENT_ENDPOINT?.includes(state.apiEndpoint));
  if (api)
    targets.connections = [
      `${api.state.executionArn}/${variables.MANAGEMENT_ENDPOINT?.split("/").pop()}/POST/@connections/*`,
    ];
  return targets;
}
