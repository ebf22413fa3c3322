/** A state of an Amazon States Language definition. */
type State = Record<string, unknown>;

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Record<string, unknown>;
  readonly Output?: unknown;
}

const SYNC = /^arn:[^:]+:states:::glue:startJobRun\.sync$/;
const POLL_SECONDS = 1;

/**
 * Rewrites every `glue:startJobRun.sync` task, which the emulator does not have, into start → wait → ask → decide. What the
 * rest of the definition sees stays the same: the job run as the task's result, `States.TaskFailed` as its error.
 *
 * @throws for what the rewriting cannot keep: JSONPath definitions, and retries of failed runs
 */
export function expandSyncTasks(definition: string): string {
  const machine = JSON.parse(definition) as State;
  if (!definition.includes("glue:startJobRun.sync")) return definition;
  return JSON.stringify(expandMachine(machine, machine.QueryLanguage === "JSONata"));
}

function expandMachine(machine: State, jsonata: boolean): State {
  const states: Record<string, State> = {};
  for (const [name, state] of Object.entries(machine.States as Record<string, State>)) {
    const inner = state.ItemProcessor as State | undefined;
    const language = state.QueryLanguage === undefined ? jsonata : state.QueryLanguage === "JSONata";
    if (typeof state.Resource === "string" && SYNC.test(state.Resource))
      Object.assign(states, expandTask(name, state, language));
    else if (inner) states[name] = { ...state, ItemProcessor: expandMachine(inner, jsonata) };
    else if (Array.isArray(state.Branches)) {
      states[name] = {
        ...state,
        Branches: (state.Branches as State[]).map((branch) => expandMachine(branch, jsonata)),
      };
    } else states[name] = state;
  }
  return { ...machine, States: states };
}

function expandTask(name: string, task: State, jsonata: boolean): Record<string, State> {
  if (!jsonata)
    throw new Error(`state ${name}: the local cloud runs glue:startJobRun.sync in JSONata definitions only`);
  const retries = (task.Retry ?? []) as { ErrorEquals: readonly string[] }[];
  if (
    retries.some(({ ErrorEquals }) => ErrorEquals.includes("States.TaskFailed") || ErrorEquals.includes("States.ALL"))
  ) {
    throw new Error(
      `state ${name}: the local cloud does not retry failed runs of glue:startJobRun.sync; retry Glue's own errors`,
    );
  }
  const run = `${name.replaceAll(/\W/g, "")}Run`;
  const [wait, ask, decide, done, failed] = ["wait", "ask", "decide", "done", "failed"].map(
    (step) => `${name}: ${step}`,
  ) as [string, string, string, string, string];
  const { Resource, Assign, Output, Next, End, Retry, Catch, ...rest } = task;
  const api = String(Resource).replace("glue:startJobRun.sync", "aws-sdk:glue:");
  const catchers = Catch === undefined ? {} : { Catch };
  const error = `{'Error': 'States.TaskFailed', 'Cause': $string($${run})}`;
  const catcher = ((Catch ?? []) as Catcher[]).find(({ ErrorEquals }) =>
    ErrorEquals.some((one) => one === "States.TaskFailed" || one === "States.ALL"),
  );
  return {
    [name]: {
      ...rest,
      Resource: `${api}startJobRun`,
      Assign: { [run]: `{% {'Id': $states.result.JobRunId, 'JobName': ${jobNameExpression(task)}} %}` },
      ...(Retry === undefined ? {} : { Retry }),
      ...catchers,
      Next: wait,
    },
    [wait]: { Type: "Wait", Seconds: POLL_SECONDS, Next: ask },
    [ask]: {
      Type: "Task",
      Resource: `${api}getJobRun`,
      Arguments: { JobName: `{% $${run}.JobName %}`, RunId: `{% $${run}.Id %}` },
      Assign: { [run]: "{% $states.result.JobRun %}" },
      ...catchers,
      Next: decide,
    },
    [decide]: {
      Type: "Choice",
      Choices: [
        { Condition: `{% $${run}.JobRunState = 'SUCCEEDED' %}`, Next: done },
        {
          Condition: `{% $${run}.JobRunState in ['FAILED', 'TIMEOUT', 'STOPPED', 'ERROR', 'EXPIRED'] %}`,
          Next: failed,
        },
      ],
      Default: wait,
    },
    [done]: {
      Type: "Pass",
      Output: replaced(Output ?? "{% $states.result %}", "$states.result", `$${run}`),
      ...(Assign === undefined ? {} : { Assign: replaced(Assign, "$states.result", `$${run}`) }),
      ...(Next === undefined ? { End } : { Next }),
    },
    [failed]: catcher
      ? {
          Type: "Pass",
          Output: replaced(catcher.Output ?? "{% $states.errorOutput %}", "$states.errorOutput", `(${error})`),
          ...(catcher.Assign === undefined
            ? {}
            : { Assign: replaced(catcher.Assign, "$states.errorOutput", `(${error})`) }),
          Next: catcher.Next,
        }
      : { Type: "Fail", Error: "States.TaskFailed", Cause: `{% $string($${run}) %}` },
  };
}

/** The job's name as an expression: a literal is quoted, an expression loses its braces. */
function jobNameExpression(task: State): string {
  const name = String((task.Arguments as State).JobName);
  const expression = /^\{%\s*([\s\S]*?)\s*%\}$/.exec(name)?.[1];
  return expression ?? `'${name.replaceAll("'", "\\'")}'`;
}

const replaced = <T>(value: T, from: string, to: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(from, to)) as T;
