import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDecisions, type Decision } from "../../../local/iam/decisions";
import { lastDenials } from "../../../local/iam/denials";
import { suggestion } from "../../../local/iam/suggestion";
import { REPOSITORY } from "../../../local/paths";
import { pythonVenv } from "../../support/ministack";

const denial = (changes: Partial<Decision> = {}): Decision => ({
  time: "2026-01-01T10:00:00Z",
  principal: "arn:aws:sts::000000000000:assumed-role/engine/run",
  role: "engine",
  action: "kms:Decrypt",
  resource: "arn:aws:kms:eu-central-1:000000000000:key/1",
  allowed: false,
  by: "identity",
  ...changes,
});

describe("the decisions of IAM in the local cloud", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "iam-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const written = (...decisions: readonly Decision[]): string => {
    const file = join(folder, "iam.jsonl");
    writeFileSync(file, decisions.map((one) => `${JSON.stringify(one)}\n`).join(""));
    return file;
  };

  it("are none where no local cloud has run, and leave out a line that is being written", () => {
    assert.deepEqual(readDecisions(join(folder, "nothing")), []);
    const file = written(denial());
    writeFileSync(file, `{"time":"20`, { flag: "a" });
    assert.deepEqual(readDecisions(file), [denial()]);
  });

  it("show the last denials, the newest first and each once, without what was allowed", () => {
    const again = denial({ time: "2026-01-01T11:00:00Z" });
    const other = denial({ action: "s3:GetObject", resource: "arn:aws:s3:::raw/a.csv" });
    const allowed = denial({ action: "s3:PutObject", allowed: true, by: undefined });
    const shown = lastDenials(written(denial(), other, allowed, again));
    assert.deepEqual(
      shown.map(({ time, action }) => [time.slice(11, 13), action]),
      [
        ["11", "kms:Decrypt"],
        ["10", "s3:GetObject"],
      ],
    );
    assert.equal(lastDenials(written(denial(), other), 1).length, 1);
  });

  it("name the statement that is missing, and the method of a component that grants it", () => {
    const remedies = lastDenials(
      written(
        denial(),
        denial({ action: "iam:CreateUser", resource: "*" }),
        denial({ action: "kms:GenerateDataKey", by: "key", role: "events.amazonaws.com" }),
        denial({ action: "s3:GetObject", by: "boundary", resource: "arn:aws:s3:::raw/a.csv" }),
        denial({ action: "sts:AssumeRole", by: "trust", resource: "arn:aws:iam::000000000000:role/x" }),
      ),
    ).map(({ remedy }) => remedy);
    const key = denial().resource;
    assert.deepEqual(remedies.reverse(), [
      `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"${key}"} (EncryptionKey.grantDecrypt())`,
      `{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}`,
      `in the policy of the key: {"Effect":"Allow","Action":"kms:GenerateDataKey","Resource":"${key}"}`,
      "the permissions boundary does not allow s3:GetObject",
      "the trust policy of arn:aws:iam::000000000000:role/x does not name arn:aws:sts::000000000000:assumed-role/engine/run",
    ]);
  });

  it("name only methods that components have", () => {
    const actions = ["kms:Decrypt", "kms:GenerateDataKey", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
    const more = ["dynamodb:GetRecords", "dynamodb:Query", "dynamodb:PutItem", "lambda:InvokeFunction"];
    const rest = ["glue:StartJobRun", "glue:BatchCreatePartition", "glue:GetTable", "glue:CreateTable"];
    const last = ["athena:StartQueryExecution", "firehose:PutRecord", "sns:Publish", "rds-db:connect"];
    const source = spawnSync("grep", ["-rhoE", "^  grant\\w+", join(REPOSITORY, "components")], { encoding: "utf8" });
    const methods = new Set(source.stdout.split("\n").map((line) => line.trim()));
    for (const action of [...actions, ...more, ...rest, ...last]) {
      const named = suggestion(action)?.match(/grant\w+/g) ?? [];
      assert.ok(named.length > 0, `${action} has no suggestion`);
      for (const method of named) assert.ok(methods.has(method), `${method} does not exist`);
    }
  });

  it("are made by the pinned MiniStack: a version without a wrapped function does not start", () => {
    const program = `import sys; sys.path.insert(0, "local/iam")
from enforcement import wrap
wrap.wrap("services.glue", "_start_job_run_of_another_version", lambda original: original())
wrap.check()`;
    const ended = spawnSync(join(pythonVenv(), "bin", "python"), ["-c", program], {
      encoding: "utf8",
      cwd: REPOSITORY,
    });
    assert.equal(ended.status, 1);
    assert.match(
      ended.stderr,
      /^MiniStack \S+ has no ministack\.services\.glue\._start_job_run_of_another_version: the local cloud cannot behave as AWS\. /,
    );
  });
});
