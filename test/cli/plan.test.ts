import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import { parse, stringify } from "yaml";
import { refusalOf } from "../../cli/commands/plan";
import { stackFile } from "../../cli/evaluate";
import { planEnvironment, type Plan } from "../../cli/plan";

const quiet = (): void => undefined;

describe("a plan by the real engine", function () {
  this.timeout(180_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "plan-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("of prod passes, and with a setting that AWS refuses it fails and names resource and member, without a stack trace", async () => {
    const fine = await planEnvironment("prod", quiet);
    assert.equal(refusalOf(fine), undefined);
    assert.deepEqual(fine.requests.refused, []);
    assert.ok((fine.requests.checked ?? 0) > 300, String(fine.requests.checked));

    const file = join(folder, "Pulumi.prod.yaml");
    const settings = parse(readFileSync(stackFile("prod"), "utf8")) as {
      config: { "dataplatform:transfers": { measurements: { path: string } } };
    };
    settings.config["dataplatform:transfers"].measurements.path = "/measurements?";
    writeFileSync(file, stringify(settings));
    const refused = await planEnvironment("prod", quiet, { stackFile: file });
    const [{ type, problems: [problem = ""] = [] } = {}, ...others] = refused.requests.refused;
    assert.deepEqual([type, others], ["aws:datasync/nfsLocation:NfsLocation", []]);
    assert.match(problem, /^CreateLocationNfs\.Subdirectory: "\/measurements\?" must match/);
    const error = refusalOf(refused);
    assert.equal(error?.message, "AWS would refuse 1 of the resources of prod");
    assert.equal(error?.exitCode, 1);
  });

  it("names all that AWS would refuse, and the types that were not checked, once each", async () => {
    const program = async (): Promise<void> => {
      new aws.cloudwatch.EventRule("nightly", { scheduleExpression: "cron(0 3 * * ?)" });
      new aws.rds.Instance("shop", {
        engine: "postgres",
        instanceClass: "db.t4g.medium",
        allocatedStorage: 20,
        username: "shop",
        manageMasterUserPassword: true,
        skipFinalSnapshot: true,
        enabledCloudwatchLogsExports: ["audit"],
      });
      for (const name of ["front", "back"]) new aws.lb.TargetGroup(name, { port: 80 });
    };
    const { requests } = await planEnvironment("dev", quiet, { program });
    const problems = requests.refused.flatMap((one) => one.problems.map((problem) => `${one.name}: ${problem}`)).sort();
    assert.equal(problems.length, 2, problems.join("\n"));
    assert.match(problems[0] ?? "", /^nightly: PutRule\.ScheduleExpression: cron must have six fields .* and has 5$/);
    assert.match(
      problems[1] ?? "",
      /^shop: CreateDBInstance\.EnableCloudwatchLogsExports\[0\]: "audit" is not a log of postgres/,
    );
    assert.deepEqual(requests.unknownTypes, ["aws:lb/targetGroup:TargetGroup"]);
  });

  it("names what no request shows, and only AWS would after a deployment", async () => {
    const program = async (): Promise<void> => {
      const rule = new aws.cloudwatch.EventRule("arrived", { eventPattern: JSON.stringify({ source: ["aws.s3"] }) });
      for (let index = 0; index < 6; index++) {
        const arn = `arn:aws:lambda:eu-central-1:111111111111:function:f${index}`;
        new aws.cloudwatch.EventTarget(`target-${index}`, { rule: rule.name, arn });
      }
    };
    const plan = await planEnvironment("dev", quiet, { program });
    const quotas = plan.problems.filter((one) => one.lint === "quotas");
    assert.deepEqual(
      quotas.map(({ resource }) => resource.name),
      ["target-5"],
    );
    assert.match(refusalOf(plan)?.message ?? "", /^dev has \d+ problems? that AWS would show after a deployment/);
  });

  it("works without the service models, and says that nothing was checked", async () => {
    const venv = process.env.PLATFORM_PYTHON_VENV;
    process.env.PLATFORM_PYTHON_VENV = join(folder, "no-python");
    let plan: Plan;
    try {
      const program = async (): Promise<void> =>
        void new aws.cloudwatch.EventRule("nightly", { scheduleExpression: "cron(0 3 * * ?)" });
      plan = await planEnvironment("dev", quiet, { program });
    } finally {
      if (venv === undefined) delete process.env.PLATFORM_PYTHON_VENV;
      else process.env.PLATFORM_PYTHON_VENV = venv;
    }
    assert.equal(plan.requests.checked, undefined);
    assert.deepEqual(plan.requests.refused, []);
    assert.ok(plan.steps.some(({ name }) => name === "nightly"));
  });
});
