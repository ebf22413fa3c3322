import assert from "node:assert/strict";
import { checkTable, rowProblems } from "../../../local/provider/generic/check";
import { fromMember, toMember } from "../../../local/provider/generic/convert";
import { placeOf, property, words } from "../../../local/provider/generic/members";
import { Requests } from "../../../local/provider/generic/requests";
import { Tags } from "../../../local/provider/generic/tags";
import type { Row } from "../../../local/provider/generic/row";
import { serviceModels } from "../../../local/provider/strict/models";
import { TABLE } from "../../../local/provider/table";

describe("the table of the local provider", () => {
  const subnetGroup = TABLE.find(({ type }) => type === "aws:rds/subnetGroup:SubnetGroup") as Row;
  const but = (changes: Partial<Row>): string[] => rowProblems({ ...subnetGroup, ...changes });

  it("holds what AWS's service models and the SDK's classes bear out", () => checkTable(TABLE));

  it("names each type once", () => {
    const types = TABLE.map(({ type }) => type);
    assert.deepEqual(types, [...new Set(types)]);
  });

  it("is refused with the row named where the model has no such operation", () => {
    const row: Row = { ...subnetGroup, update: ["ModifyDBSubnetGruop"] };
    assert.throws(
      () => checkTable([row]),
      /row aws:rds\/subnetGroup:SubnetGroup: RDS has no operation ModifyDBSubnetGruop; did you mean ModifyDBSubnetGroup\?/,
    );
  });

  it("is refused where an operation has no such member, or the type no such property", () => {
    assert.match(but({ names: { description: "Descripton" } })[0] ?? "", /^member Descripton of description is not in/);
    assert.match(but({ names: { descripton: "Description" } })[0] ?? "", /no property.*did you mean description\?/);
    assert.match(
      but({ delete: { operation: "DeleteDBSubnetGroup", with: { Force: true } } })[0] ?? "",
      /^Force is not/,
    );
    assert.match(but({ replaceOn: ["nme"] })[0] ?? "", /^nme in "replaceOn" is no property of the type/);
    assert.match(but({ id: "{identifier}" })[0] ?? "", /^identifier in "id" is no property/);
  });

  it("is refused where the requests about tags are not AWS's", () => {
    assert.match(but({ tags: { untag: "RemoveTags" } })[0] ?? "", /^tags: there is no such operation/);
    assert.match(but({ tags: { tag: "ModifyDBSubnetGroup" } }).join("\n"), /^tags: ModifyDBSubnetGroup\.\w+: is/m);
  });

  it("is refused where an input of the type would go into no request and nothing says so", () => {
    assert.deepEqual(but({ create: { operation: "CreateDBSubnetGroup" } }), []);
    const [problem = ""] = rowProblems({
      ...(TABLE.find(({ type }) => type === "aws:rds/optionGroup:OptionGroup") as Row),
      unsent: [],
    });
    assert.match(problem, /^no request takes options: name its member, or list it in "unsent"$/);
  });
});

describe("the names of AWS's members", () => {
  const rds = serviceModels().of("RDS");
  const input = (operation: string): string => rds.operations[operation]?.input?.shape ?? "";
  const place = (operation: string, name: string): string | undefined =>
    placeOf(rds, input(operation), name, { names: {}, noun: words("DBProxy"), within: [] })?.join(".");

  it("are split into words as AWS writes them", () => {
    assert.deepEqual(words("DBProxyName"), ["DB", "Proxy", "Name"]);
    assert.deepEqual(words("EnableIAMDatabaseAuthentication"), ["Enable", "IAM", "Database", "Authentication"]);
    assert.equal(property("KMSKeyId"), "kmsKeyId");
    assert.equal(property("MultiAZ"), "multiAz");
    assert.equal(property("S3BucketArn"), "s3BucketArn");
  });

  it("follow from a property's own name, its number, the noun of the operations, and the naming of switches", () => {
    assert.equal(place("CreateDBProxy", "requireTls"), "RequireTLS");
    assert.equal(place("CreateDBProxy", "auths"), "Auth");
    assert.equal(place("CreateDBProxy", "name"), "DBProxyName");
    assert.equal(place("CreateDBInstance", "performanceInsightsEnabled"), "EnablePerformanceInsights");
    assert.equal(place("CreateDBInstance", "instanceClass"), "DBInstanceClass");
    assert.equal(place("CreateDBProxy", "vpcId"), undefined);
  });
});

describe("values on their way to AWS and back", () => {
  const glue = serviceModels().of("Glue");
  const cloudwatch = serviceModels().of("CloudWatch");

  it("become what the member's shape says: pairs, wrapped lists, lists of one, numbers, dates", () => {
    const names = {};
    assert.deepEqual(toMember(cloudwatch, "Dimensions", { Stage: "live" }, "dimensions", names), [
      { Name: "Stage", Value: "live" },
    ]);
    assert.deepEqual(toMember(glue, "ConnectionsList", ["a"], "connections", names), { Connections: ["a"] });
    assert.deepEqual(toMember(glue, "S3EncryptionList", { s3EncryptionMode: "SSE-KMS" }, "s3Encryption", names), [
      { S3EncryptionMode: "SSE-KMS" },
    ]);
    const sync = serviceModels().of("Scheduler");
    const shape = sync.operations.CreateSchedule?.input?.shape ?? "";
    const start = sync.shapes[shape]?.members?.StartDate?.shape ?? "";
    assert.deepEqual(
      toMember(sync, start, "2026-11-25T00:00:00Z", "startDate", names),
      new Date("2026-11-25T00:00:00Z"),
    );
  });

  it("are refused where AWS has no such member, with the nearest there is", () => {
    assert.throws(
      () => toMember(glue, "S3Encryption", { s3EncryptionMod: "SSE-KMS" }, "encryption", {}),
      /encryption\.s3EncryptionMod is not known to AWS's S3Encryption; did you mean s3EncryptionMode\?/,
    );
  });

  it("come back in the words of the program, and what it did not mention in those of the conventions", () => {
    const answer = { S3EncryptionMode: "SSE-KMS", KmsKeyArn: "arn" };
    assert.deepEqual(fromMember(glue, "S3EncryptionList", [answer], { kmsKeyArn: "arn" }, "s3Encryption", {}), {
      s3EncryptionMode: "SSE-KMS",
      kmsKeyArn: "arn",
    });
    assert.deepEqual(fromMember(cloudwatch, "Dimensions", [{ Name: "Stage", Value: "live" }], undefined, "d", {}), {
      Stage: "live",
    });
  });

  it("become a map where the program lists entries that name their key, and come back as that list", () => {
    const gateway = serviceModels().of("ApiGatewayV2");
    const input = gateway.operations.CreateStage?.input?.shape ?? "";
    const shape = gateway.shapes[input]?.members?.RouteSettings?.shape ?? "";
    const list = [{ routeKey: "echo", throttlingBurstLimit: 1 }];
    const map = { echo: { ThrottlingBurstLimit: 1 } };
    assert.deepEqual(toMember(gateway, shape, list, "routeSettings", {}), map);
    assert.deepEqual(fromMember(gateway, shape, map, list, "routeSettings", {}), list);
  });

  it("are called by the row's own names where the program did not mention them", () => {
    const names = { "configuration.targetDomainName": "ApiGatewayDomainName" };
    const gateway = serviceModels().of("ApiGatewayV2");
    const answer = { ApiGatewayDomainName: "d-1.example.org", CertificateArn: "arn" };
    assert.deepEqual(
      fromMember(gateway, "DomainNameConfiguration", answer, { certificateArn: "arn" }, "configuration", names),
      { targetDomainName: "d-1.example.org", certificateArn: "arn" },
    );
  });

  it("are the keys of the tags to remove, whatever a service calls them", async () => {
    const agent = TABLE.find(({ type }) => type === "aws:datasync/agent:Agent") as Row;
    const sent: unknown[] = [];
    const send = (command: object): Promise<unknown> =>
      Promise.resolve(sent.push((command as { input: unknown }).input));
    await new Tags(new Requests(agent)).change(send, "id", { arn: "arn", tags: { team: "data" } }, { tags: {} });
    assert.deepEqual(sent, [{ ResourceArn: "arn", Keys: ["team"] }]);
  });

  it("identify a resource by the parts of its id", () => {
    const policy = TABLE.find(({ type }) => type === "aws:appautoscaling/policy:Policy") as Row;
    assert.deepEqual(new Requests(policy).parts("rds/cluster:orders/rds:cluster:ReadReplicaCount/readers"), {
      serviceNamespace: "rds",
      resourceId: "cluster:orders",
      scalableDimension: "rds:cluster:ReadReplicaCount",
      name: "readers",
    });
  });
});
