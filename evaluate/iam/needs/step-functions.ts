import type { Properties, RecordedResource } from "../../recorded";
import type { ProgramPolicies } from "../program";
import { assumption, placeOf, roleNeeds, type Need, type NeedsOf } from "./need";

const DOCS = "https://docs.aws.amazon.com/step-functions/latest/dg";
const SOURCES = {
  tasks: `${DOCS}/service-integration-iam-templates.html`,
  glue: `${DOCS}/connect-glue.html`,
  lambda: `${DOCS}/connect-lambda.html`,
  logs: `${DOCS}/cw-logs.html`,
  xray: `${DOCS}/concepts-xray-tracing.html`,
  key: `${DOCS}/encryption-at-rest.html`,
  role: `${DOCS}/procedure-create-iam-role.html`,
};

interface Task {
  readonly name: string;
  /** The integration, for example `lambda:invoke` or `glue:startJobRun.sync`. */
  readonly integration: string;
  readonly parameters: Properties;
}

/** Lists the tasks of a definition, those of maps and parallel states included. */
function tasksOf(states: Readonly<Record<string, Properties>>): Task[] {
  return Object.entries(states).flatMap(([name, state]) => {
    const inner = [state.ItemProcessor, state.Iterator, ...(state.Branches ?? [])].filter(Boolean);
    const own: Task[] = [];
    if (state.Type === "Task") {
      const integration = String(state.Resource).split(":states:::")[1] ?? String(state.Resource);
      own.push({ name, integration, parameters: state.Arguments ?? state.Parameters ?? {} });
    }
    return [...own, ...inner.flatMap(({ States }: Properties) => tasksOf(States))];
  });
}

const isExpression = (value: unknown): boolean => typeof value === "string" && /^(\{%|\$)/.test(value);

type Requests = readonly (readonly [readonly string[], readonly string[]])[];

/** Returns what a task does; undefined for an integration that is not in the table. */
function requestsOf(task: Task, program: ProgramPolicies, machineArn: string): Requests | undefined {
  const { partition, region, account } = placeOf(machineArn);
  const arn = (service: string, rest: string): string => `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const { parameters } = task;
  const [service = "", call = ""] = task.integration.replace(/^aws-sdk:/, "").split(/[:.]/);
  const pattern = task.integration.split(".")[1] ?? "";
  switch (service) {
    case "lambda":
      return [[["lambda:InvokeFunction"], [parameters.FunctionName]]];
    case "dynamodb": {
      const action = `dynamodb:${call.charAt(0).toUpperCase()}${call.slice(1)}`;
      return [[[action], [arn("dynamodb", `table/${parameters.TableName}`)]]];
    }
    case "glue": {
      const followed = pattern.startsWith("sync") ? ["GetJobRun", "GetJobRuns", "BatchStopJobRun"] : [];
      const actions = ["StartJobRun", ...followed].map((action) => `glue:${action}`);
      const jobs = isExpression(parameters.JobName)
        ? jobsOf(program, machineArn)
        : [arn("glue", `job/${parameters.JobName}`)];
      return [[actions, jobs]];
    }
    case "sns":
      return [[["sns:Publish"], [parameters.TopicArn]]];
    case "sqs": {
      const name = String(parameters.QueueUrl).split("/").pop() ?? "";
      return [[["sqs:SendMessage"], [arn("sqs", name)]]];
    }
    case "events": {
      const buses = new Set((parameters.Entries ?? []).map(({ EventBusName = "default" }: Properties) => EventBusName));
      return [
        [
          ["events:PutEvents"],
          [...buses].map((bus) => (String(bus).startsWith("arn:") ? String(bus) : arn("events", `event-bus/${bus}`))),
        ],
      ];
    }
    case "states":
      return [[["states:StartExecution"], [parameters.StateMachineArn]]];
    default:
      return undefined;
  }
}

/** Returns the jobs that a task may start whose job is known at run time only: those of the component that has the state machine. */
function jobsOf(program: ProgramPolicies, machineArn: string): string[] {
  const parent = program.at(machineArn)?.parent;
  const jobs = program.of("aws:glue/job:Job");
  const own = jobs.filter((job) => program.ancestors(job).some(({ urn }) => urn === parent));
  return own.map(({ state }) => String(state.arn));
}

/** What Step Functions does with the role of a state machine: every task, its logs, its traces and its key. */
export const stateMachineNeeds: NeedsOf = (machine: RecordedResource, program) => {
  const { inputs, state } = machine;
  const reason = (why: string, source: string) => ({ by: machine, why, source });
  const needs: Need[] = assumption(program, inputs.roleArn, "states.amazonaws.com", reason("it runs", SOURCES.role));
  const { States = {} } = JSON.parse(inputs.definition) as { States?: Record<string, Properties> };
  for (const task of tasksOf(States)) {
    const requests = requestsOf(task, program, state.arn);
    const why = `its task ${task.name} is ${task.integration}`;
    const source = task.integration.startsWith("glue")
      ? SOURCES.glue
      : task.integration.startsWith("lambda")
        ? SOURCES.lambda
        : SOURCES.tasks;
    if (requests) needs.push(...roleNeeds(program, inputs.roleArn, requests, reason(why, source)));
  }
  if (inputs.loggingConfiguration?.logDestination && inputs.loggingConfiguration.level !== "OFF") {
    const actions = [
      ...["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"],
      ...["PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"],
    ].map((action) => `logs:${action}`);
    needs.push(
      ...roleNeeds(program, inputs.roleArn, [[actions, ["*"]]], reason("it logs its executions", SOURCES.logs)),
    );
  }
  if (inputs.tracingConfiguration?.enabled) {
    const actions = ["PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"];
    const requests: Requests = [[actions.map((action) => `xray:${action}`), ["*"]]];
    needs.push(...roleNeeds(program, inputs.roleArn, requests, reason("it is traced", SOURCES.xray)));
  }
  const key = inputs.encryptionConfiguration?.kmsKeyId;
  if (key) {
    const { region } = placeOf(state.arn);
    const requests: Requests = [[["kms:Decrypt", "kms:GenerateDataKey"], [key]]];
    const context = {
      "kms:ViaService": `states.${region}.amazonaws.com`,
      "kms:EncryptionContext:aws:states:stateMachineArn": state.arn,
    };
    needs.push(
      ...roleNeeds(program, inputs.roleArn, requests, reason("its executions are encrypted", SOURCES.key), context),
    );
  }
  return needs;
};
