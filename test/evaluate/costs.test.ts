import assert from "node:assert/strict";
import { evaluateEnvironment } from "../../cli/evaluate";
import { monthly, monthlyCosts, total, type MonthlyCosts } from "../../evaluate/costs";
import type { RecordedResource } from "../../evaluate/recorded";

const resource = (type: string, inputs: RecordedResource["inputs"]): RecordedResource =>
  ({ type, name: "one", urn: `urn:${type}`, inputs }) as RecordedResource;
const idle = (...resources: readonly RecordedResource[]): MonthlyCosts["idle"] => monthlyCosts(resources, 0).idle;
const DATABASE = "aws:rds/instance:Instance";

describe("the estimate of costs", function () {
  this.timeout(30_000);

  it("charges a standby as much as its database, and its storage twice", () => {
    const one = { instanceClass: "db.t4g.medium", allocatedStorage: 20 };
    const single = total(idle(resource(DATABASE, { ...one, multiAz: false })).charges);
    assert.ok(Math.abs(single - (0.065 * 730 + 20 * 0.115)) < 0.01, String(single));
    assert.equal(total(idle(resource(DATABASE, { ...one, multiAz: true })).charges), 2 * single);
  });

  it("names what it has no price for, and does not count it as free", () => {
    const { charges, unpriced } = idle(resource(DATABASE, { instanceClass: "db.x9.huge", allocatedStorage: 20 }));
    assert.deepEqual(unpriced, ["1 × Database db.x9.huge"]);
    assert.ok(charges.every((charge) => Number.isFinite(monthly(charge))));
  });

  it("charges an interface endpoint for each of its zones, and a gateway endpoint nothing", () => {
    const type = "aws:ec2/vpcEndpoint:VpcEndpoint";
    const three = idle(resource(type, { vpcEndpointType: "Interface", subnetIds: ["a", "b", "c"] }));
    assert.equal(total(three.charges).toFixed(2), (3 * 7.3).toFixed(2));
    assert.deepEqual(idle(resource(type, { vpcEndpointType: "Gateway" })).charges, []);
  });

  it("grows with the number of datasets by their files only, which need neither metrics nor alarms of their own", async () => {
    const resources = await evaluateEnvironment("prod");
    const [none, hundred, thousand] = [0, 100, 1000].map((count) => monthlyCosts(resources, count)) as [
      MonthlyCosts,
      MonthlyCosts,
      MonthlyCosts,
    ];
    assert.deepEqual(thousand.idle, none.idle);
    const files = ({ traffic }: MonthlyCosts): number => total(traffic) - total(none.traffic);
    assert.ok(files(hundred) > 0);
    assert.ok(Math.abs(files(thousand) / files(hundred) - 10) < 1e-6);
  });
});
