import type { RecordedResource } from "../../recorded";
import type { LintProblem } from "../lint";

const PREFIX = "/aws/vendedlogs/";

/** The property with the ARN of the log group, of the types for which AWS writes a resource policy of CloudWatch Logs by itself. */
const DESTINATIONS: Readonly<
  Record<string, { readonly at: (inputs: RecordedResource["inputs"]) => unknown; readonly source: string }>
> = {
  "aws:sfn/stateMachine:StateMachine": {
    at: ({ loggingConfiguration }) => loggingConfiguration?.logDestination as unknown,
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
  },
  "aws:pipes/pipe:Pipe": {
    at: ({ logConfiguration }) => logConfiguration?.cloudwatchLogsLogDestination?.logGroupArn as unknown,
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html",
  },
};

/**
 * Reports log groups outside `/aws/vendedlogs/` to which a service delivers logs. The service adds each of them to one resource policy
 * of the region, which may have 5,120 characters; from then on no state machine of the region can be created or updated with logs.
 */
export function vendedLogs(resources: readonly RecordedResource[]): readonly LintProblem[] {
  const groups = new Map(
    resources
      .filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup")
      .map(({ state }) => [String(state.arn), state]),
  );
  return resources.flatMap(({ urn, type, name, inputs }) => {
    const destination = DESTINATIONS[type];
    const arn = destination?.at(inputs);
    if (!destination || typeof arn !== "string") return [];
    const group = groups.get(arn.replace(/:\*$/, ""));
    const groupName = String(group?.name ?? /:log-group:([^:]+)/.exec(arn)?.[1] ?? arn);
    if (groupName.startsWith(PREFIX)) return [];
    return [
      {
        lint: "quotas",
        resource: { urn, type, name },
        message: `the log group ${groupName} takes up some of the 5,120 characters of the region's resource policy for log delivery`,
        remedy: `Begin the name of the log group with ${PREFIX}.`,
        source: destination.source,
      },
    ];
  });
}
