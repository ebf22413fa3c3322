import assert from "node:assert/strict";
import { normalisedSettings, taskSettings, type TaskTuning } from "../../../../components";
import { z } from "zod";
import { parseSettings } from "../../../../components/core/settings";
import { ArgumentCheck, type ArgumentProblem } from "../../../../components/core/validate";
import {
  checkTuning,
  LOG_COMPONENTS,
  tuningSettings,
  type TaskKind,
} from "../../../../components/migration/dms/task-settings";

function problemsOf(tuning: TaskTuning, task: TaskKind): readonly ArgumentProblem[] {
  const { settings, problems } = parseSettings(z.strictObject({ tuning: tuningSettings }), { tuning });
  const all = [...problems];
  const check = new ArgumentCheck("DmsMigration", "shop", (problem) => all.push(problem));
  if (settings && problems.length === 0) checkTuning("tuning.", settings.tuning, task, check);
  return all;
}

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const of = (tuning: TaskTuning = {}, validates = true): Settings =>
  JSON.parse(taskSettings(tuning, { validates })) as Settings;

describe("task settings", () => {
  it("log every part, in one order, and compare rows where DMS can", () => {
    const settings = of();
    const components = settings.Logging?.LogComponents as { Id: string; Severity: string }[];
    assert.deepEqual(
      components.map(({ Id }) => Id),
      [...LOG_COMPONENTS].sort(),
    );
    assert.equal(settings.Logging?.EnableLogging, true);
    assert.equal(settings.ValidationSettings?.EnableValidation, true);
    assert.equal(of({}, false).ValidationSettings?.EnableValidation, false);
  });

  it("never set the log's place, which is read-only", () => {
    assert.doesNotMatch(taskSettings({}, { validates: true }), /CloudWatchLog/);
  });

  it("are the text that the service's answer becomes, however it is written", () => {
    const asked = taskSettings({ parallelTables: 4 }, { validates: true });
    const answer = JSON.parse(asked) as Record<string, Record<string, unknown>>;
    // As DMS answers: another order, nulls, the log's place, one setting in two spellings.
    const told = Object.fromEntries(
      Object.entries({
        ...answer,
        PostProcessingRules: null,
        Logging: {
          ...answer.Logging,
          LogComponents: [...(answer.Logging?.LogComponents as unknown[])].reverse(),
          CloudWatchLogGroup: "dms-tasks-shop",
          CloudWatchLogStream: "dms-task-ABC",
        },
        ControlTablesSettings: { historyTimeslotInMinutes: 5, ...answer.ControlTablesSettings },
      }).reverse(),
    );
    assert.notEqual(JSON.stringify(told), asked);
    assert.equal(normalisedSettings(JSON.stringify(told)), asked);
  });

  it("say everything, so that a choice taken back is a change", () => {
    assert.deepEqual(Object.keys(of({ parallelTables: 20 })), Object.keys(of()));
    assert.equal(of({ parallelTables: 20 }).FullLoadSettings?.MaxFullLoadSubTasks, 20);
    assert.equal(of().FullLoadSettings?.MaxFullLoadSubTasks, 8);
  });

  const chosen: readonly (readonly [TaskTuning, string, Readonly<Record<string, unknown>>])[] = [
    [{ existingTables: "drop" }, "FullLoadSettings", { TargetTablePrepMode: "DROP_AND_CREATE" }],
    [{ existingTables: "truncate" }, "FullLoadSettings", { TargetTablePrepMode: "TRUNCATE_BEFORE_LOAD" }],
    [
      { largeObjects: { mode: "limited", maxKiB: 64 } },
      "TargetMetadata",
      { LimitedSizeLobMode: true, FullLobMode: false, SupportLobs: true, LobMaxSize: 64 },
    ],
    [
      { largeObjects: { mode: "full", chunkKiB: 128, inlineMaxKiB: 16 } },
      "TargetMetadata",
      { LimitedSizeLobMode: false, FullLobMode: true, LobChunkSize: 128, InlineLobMaxSize: 16, LobMaxSize: 0 },
    ],
    [{ largeObjects: { mode: "none" } }, "TargetMetadata", { SupportLobs: false, FullLobMode: false }],
    [{ stopAfterLoad: "before-changes" }, "FullLoadSettings", { StopTaskCachedChangesNotApplied: true }],
    [{ batchApply: true, targetSchema: "shop" }, "TargetMetadata", { BatchApplyEnabled: true, TargetSchema: "shop" }],
    [{ controlTables: { schema: "dms" } }, "ControlTablesSettings", { ControlSchema: "dms", StatusTableEnabled: true }],
    [{ validation: { only: true, threads: 9 } }, "ValidationSettings", { ValidationOnly: true, ThreadCount: 9 }],
    [{ validation: false }, "ValidationSettings", { EnableValidation: false }],
    [
      { onTableError: "stop-task", failWithoutTables: false },
      "ErrorBehavior",
      { TableErrorPolicy: "STOP_TASK", FailOnNoTablesCaptured: false },
    ],
  ];
  for (const [tuning, section, expected] of chosen) {
    it(`turn ${JSON.stringify(tuning)} into ${Object.keys(expected).join(", ")}`, () => {
      const found = of(tuning)[section] ?? {};
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]])), expected);
    });
  }

  const task: TaskKind = { load: true, changes: true, comparable: undefined };
  const bad: readonly (readonly [TaskTuning, Partial<TaskKind>, string])[] = [
    [{ parallelTables: 50 }, {}, "parallelTables"],
    [{ commitRows: 0 }, {}, "commitRows"],
    [{ largeObjects: { mode: "limited", maxKiB: 200_000 } }, {}, "largeObjects.maxKiB"],
    [{ largeObjects: { mode: "full", chunkKiB: 0 } }, {}, "largeObjects.chunkKiB"],
    [{ validation: { threads: 0 } }, {}, "validation.threads"],
    [{ validation: { only: true }, existingTables: "drop" }, {}, "existingTables"],
    [{ validation: true }, { comparable: "DMS does not compare rows of s3" }, "validation"],
    [{ stopAfterLoad: "after-changes" }, { changes: false }, "stopAfterLoad"],
    [{ batchApply: true }, { changes: false }, "batchApply"],
    [{ logging: { TARGET_LOAD: "error" } }, {}, "logging.TARGET_LOAD"],
    [{ logging: { SORTER: "loud" as never } }, {}, "logging.SORTER"],
  ];
  for (const [tuning, more, argument] of bad) {
    it(`are refused for ${JSON.stringify(tuning)}`, () => {
      const problems = problemsOf(tuning, { ...task, ...more });
      assert.deepEqual(
        problems.map((one) => one.argument),
        [`tuning.${argument}`],
      );
    });
  }

  it("may log more of what must be logged, and less of what need not", () => {
    assert.deepEqual(problemsOf({ logging: { TARGET_LOAD: "debug", SORTER: "error" } }, task), []);
  });
});
