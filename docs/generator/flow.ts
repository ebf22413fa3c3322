import { MAX_ROUNDS } from "../../components/ingestion/flow";
import { ingestionFlow } from "../../components/ingestion/flow/definition";
import { flowTimes } from "../../components/ingestion/flow/times";
import { FUNCTION_SECONDS } from "../../components/ingestion/pipeline/functions";
import { ingestionPipelineSettings } from "../../components/ingestion/pipeline/settings";

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

const unwrapped = (expression: string): string => expression.replace(/^\{%\s*|\s*%\}$/g, "").replaceAll('"', "'");

/** Returns the state machine as a mermaid flowchart, generated from its definition. */
export function flowChart(): string {
  const { StartAt, States } = ingestionFlow({
    partition: "aws",
    ledgerTable: "ledger",
    deadLetterQueueUrl: "undelivered",
    headerValidator: "header-validator",
    runCoordinator: "run-coordinator",
    lightEtl: "light-etl",
    quarantine: "quarantine",
    partitionRegistrar: "partition-registrar",
    ...flowTimes(ingestionPipelineSettings.parse({}), FUNCTION_SECONDS),
    maxRoundsPerExecution: MAX_ROUNDS,
  }) as unknown as { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
  const lines = ["flowchart TD", `  start((start)) --> ${StartAt}`];
  for (const [name, state] of Object.entries(States)) {
    const [open, close] =
      state.Type === "Choice"
        ? ["{", "}"]
        : state.Type === "Fail"
          ? ["[[", "]]"]
          : state.End
            ? ["([", "])"]
            : ["[", "]"];
    lines.push(`  ${name}${open}"${name}"${close}`);
    for (const { Condition, Next } of state.Choices ?? [])
      lines.push(`  ${name} -->|"${unwrapped(Condition)}"| ${Next}`);
    if (state.Default) lines.push(`  ${name} -->|"otherwise"| ${state.Default}`);
    if (state.Next) lines.push(`  ${name} --> ${state.Next}`);
    for (const { ErrorEquals, Next } of state.Catch ?? []) {
      const errors = ErrorEquals.includes("States.ALL") ? "any error" : ErrorEquals.join(", ");
      lines.push(`  ${name} -.->|"${errors}"| ${Next}`);
    }
  }
  return ["```mermaid", ...lines, "```"].join("\n");
}
