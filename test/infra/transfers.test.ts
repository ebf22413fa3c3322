import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { evaluateEnvironment } from "../../cli/evaluate";
import { temporaryHome, type TemporaryHome } from "../support/home";

describe("transfers into the raw zone", () => {
  let home: TemporaryHome;
  before(() => (home = temporaryHome()));
  after(() => home.remove());

  const evaluated = (prefix: string, unclaimed: "leave" | "quarantine") => {
    const file = join(home.folder, `${unclaimed}.yaml`);
    const agentArns = ["arn:aws:datasync:eu-central-1:111111111111:agent/agent-0123456789abcdef0"];
    const plant = { kind: "nfs", host: "files.plant.example.com", path: "/x", agentArns, prefix };
    const config = {
      "aws:region": "eu-central-1",
      "dataplatform:posture": "guarded",
      "dataplatform:owner": "data@example.com",
      "dataplatform:costCenter": "1",
      "dataplatform:account": "111111111111",
      "dataplatform:ingestion": { unclaimed },
      "dataplatform:transfers": { plant },
    };
    writeFileSync(file, stringify({ config }));
    return evaluateEnvironment("dev", file);
  };

  it("are refused where every one of their files would be quarantined", async () => {
    await assert.rejects(evaluated("plant/", "quarantine"), {
      message: /transfers\.plant\.prefix.*is "plant\/", which no contract claims.*allowed: the prefix of a dataset/s,
    });
  });

  it("are accepted where their files stay in the raw zone, or belong to a dataset", async () => {
    assert.ok((await evaluated("plant/", "leave")).some(({ name }) => name === "plant-task"));
    assert.ok((await evaluated("penguins/north/", "quarantine")).some(({ name }) => name === "plant-task"));
  });
});
