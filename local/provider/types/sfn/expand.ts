/** A state of an Amazon States Language definition, or a machine. */
type State = Readonly<Record<string, unknown>>;

const SYNC = /^arn:[^:]+:states:::glue:startJobRun\.sync$/;
const POLL_SECONDS = 1;
const FAILED = ["ERROR", "EXPIRED", "FAILED", "STOPPED", "TIMEOUT"];

/**
 * Rewrites every `glue:startJobRun.sync` task, which the emulator does not have, into a parallel state of the same name with one branch:
 * start → wait → ask → decide. Whatever the definition says around the task stays: the job run is its result, `States.TaskFailed` its
 * error with the run as the cause, `States.Timeout` after its time; retries start another run.
 */
export function expandSyncTasks(definition: string): string {
  if (!definition.includes("glue:startJobRun.sync")) return definition;
  const machine = JSON.parse(definition) as State;
  return JSON.stringify(expandMachine(machine, machine.QueryLanguage === "JSONata"));
}

function expandMachine(machine: State, jsonata: boolean): State {
  const states: Record<string, State> = {};
  for (const [name, state] of Object.entries(machine.States as Record<string, State>)) {
    const language = state.QueryLanguage === undefined ? jsonata : state.QueryLanguage === "JSONata";
    if (typeof state.Resource === "string" && SYNC.test(state.Resource)) {
      Object.assign(states, language ? expandJsonata(name, state) : expandJsonPath(name, state));
      continue;
    }
    const inside: Record<string, unknown> = {};
    for (const part of ["ItemProcessor", "Iterator"]) {
      if (state[part] !== undefined) inside[part] = expandMachine(state[part] as State, language);
    }
    if (Array.isArray(state.Branches)) {
      inside.Branches = (state.Branches as State[]).map((branch) => expandMachine(branch, language));
    }
    states[name] = { ...state, ...inside };
  }
  return { ...machine, States: states };
}

/** The fields of the task that the parallel state takes over as they are. */
function around({ Comment, Retry, Catch }: State): State {
  return {
    Type: "Parallel",
    ...(Comment === undefined ? {} : { Comment }),
    ...(Retry === undefined ? {} : { Retry }),
    ...(Catch === undefined ? {} : { Catch }),
  };
}

const goesOn = ({ Next, End }: State): State => (Next === undefined ? { End } : { Next });

function expandJsonata(name: string, task: State): Record<string, State> {
  const done = `${name}: done`;
  const request: State = {
    Type: "Pass",
    Output: {
      request: task.Arguments ?? "{% $states.input %}",
      input: "{% $states.input %}",
      ...deadline(task.TimeoutSeconds),
    },
  };
  // The emulator gives a parallel state neither output nor variables: another state adds them.
  const seen = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replace(/\$states\.(input|result)\b/g, (_, what) =>
        what === "input" ? "$states.input[0].input" : "$states.input[0].run",
      ),
    ) as T;
  return {
    [name]: { ...around(task), Branches: [branch(name, task, request)], Next: done },
    [done]: {
      Type: "Pass",
      ...(task.QueryLanguage === undefined ? {} : { QueryLanguage: task.QueryLanguage }),
      Output: seen(task.Output ?? "{% $states.result %}"),
      ...(task.Assign === undefined ? {} : { Assign: seen(task.Assign) }),
      ...goesOn(task),
    },
  };
}

function expandJsonPath(name: string, task: State): Record<string, State> {
  const done = `${name}: done`;
  const { InputPath, OutputPath, Parameters, ResultPath = "$", ResultSelector } = task;
  const request: State = {
    Type: "Pass",
    ...(InputPath === undefined ? {} : { InputPath }),
    Parameters: {
      ...(Parameters === undefined ? { "request.$": "$" } : { request: Parameters }),
      ...(typeof task.TimeoutSeconds === "number" ? { seconds: task.TimeoutSeconds } : {}),
      ...(typeof task.TimeoutSecondsPath === "string" ? { "seconds.$": task.TimeoutSecondsPath } : {}),
    },
  };
  const output = OutputPath === undefined ? {} : { OutputPath };
  const parallel: State = { ...around(task), Branches: [branch(name, task, request)] };
  if (ResultPath === null) return { [name]: { ...parallel, ResultPath, ...output, ...goesOn(task) } };
  return {
    [name]: { ...parallel, ResultSelector: { "run.$": "$[0].run" }, ResultPath, Next: done },
    [done]: {
      Type: "Pass",
      InputPath: `${String(ResultPath)}.run`,
      ...(ResultSelector === undefined ? {} : { Parameters: ResultSelector }),
      ResultPath,
      ...output,
      ...goesOn(task),
    },
  };
}

/** When the task's time is over, as milliseconds; JSONata as AWS takes it, a number or an expression. */
function deadline(seconds: unknown): Record<string, string> {
  if (seconds === undefined) return {};
  const expression = /^\{%([\s\S]*)%\}$/.exec(String(seconds))?.[1] ?? String(seconds);
  return { deadline: `{% $millis() + (${expression.trim()}) * 1000 %}` };
}

/**
 * Starts the job that `request` asks for and goes on asking until it has ended. What it knows travels from state to state, so that
 * several at once do not meet.
 */
function branch(name: string, task: State, request: State): State {
  const api = String(task.Resource).replace("glue:startJobRun.sync", "aws-sdk:glue:");
  const step = (what: string): string => `${name}: ${what}`;
  const jsonata = { QueryLanguage: "JSONata" };
  const onTime = `$exists($states.input.deadline) and $millis() > $states.input.deadline`;
  const run = { JobName: "{% $states.input.request.JobName %}" };
  return {
    StartAt: step("request"),
    States: {
      [step("request")]: { ...request, Next: step("start") },
      [step("start")]: {
        ...jsonata,
        Type: "Task",
        Resource: `${api}startJobRun`,
        Arguments: "{% $states.input.request %}",
        Output:
          "{% $merge([$states.input, {'id': $states.result.JobRunId}, $exists($states.input.seconds) ? {'deadline': $millis() + $states.input.seconds * 1000} : {}]) %}",
        Next: step("wait"),
      },
      [step("wait")]: { ...jsonata, Type: "Wait", Seconds: POLL_SECONDS, Next: step("ask") },
      [step("ask")]: {
        ...jsonata,
        Type: "Task",
        Resource: `${api}getJobRun`,
        Arguments: { ...run, RunId: "{% $states.input.id %}" },
        Output: "{% $merge([$states.input, {'run': $states.result.JobRun}]) %}",
        Next: step("decide"),
      },
      [step("decide")]: {
        ...jsonata,
        Type: "Choice",
        Choices: [
          { Condition: "{% $states.input.run.JobRunState = 'SUCCEEDED' %}", Next: step("succeeded") },
          {
            Condition: `{% $states.input.run.JobRunState in ${JSON.stringify(FAILED).replaceAll('"', "'")} %}`,
            Next: step("failed"),
          },
          { Condition: `{% ${onTime} %}`, Next: step("stop") },
        ],
        Default: step("wait"),
      },
      [step("succeeded")]: { ...jsonata, Type: "Pass", End: true },
      [step("failed")]: {
        ...jsonata,
        Type: "Fail",
        Error: "States.TaskFailed",
        Cause: "{% $string($states.input.run) %}",
      },
      [step("stop")]: {
        ...jsonata,
        Type: "Task",
        Resource: `${api}batchStopJobRun`,
        Arguments: { ...run, JobRunIds: ["{% $states.input.id %}"] },
        Next: step("timed out"),
      },
      [step("timed out")]: { ...jsonata, Type: "Fail", Error: "States.Timeout" },
    },
  };
}
