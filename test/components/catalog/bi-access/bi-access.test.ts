import assert from "node:assert/strict";
import {
  BiAccess,
  DataCatalog,
  DataLake,
  EncryptionKey,
  QueryWorkgroup,
  type BiAccessArgs,
} from "../../../../components";
import {
  awsProfile,
  connectionString,
  odbcIni,
  registryFile,
  type OdbcSettings,
} from "../../../../components/catalog/bi-access/odbc";
import { record, valueOf, type Recording } from "../../../support/harness";

const READER = "arn:aws:iam::123456789012:role/report-authors";

type Changes = Partial<Omit<BiAccessArgs, "lake" | "catalog" | "workgroup" | "key">>;

const make = (changes: Changes = { readers: [READER] }): Promise<Recording<BiAccess>> =>
  record(() => {
    const key = new EncryptionKey("lake", { description: "Lake" });
    const lake = new DataLake("lake", { key });
    const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
    const workgroup = new QueryWorkgroup("reports", { lake, catalog, key });
    return new BiAccess("power-bi", { lake, catalog, workgroup, key, ...changes });
  });

describe("BiAccess", () => {
  it("lets its readers, and nobody else, be who may query", async () => {
    const { inputs } = (await make()).one("iam/role:Role", "power-bi-role");
    assert.deepEqual(JSON.parse(inputs.assumeRolePolicy), {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: [READER] }, Action: ["sts:AssumeRole"] }],
    });
  });

  it("reads processed and curated data, and writes its own results only", async () => {
    const recording = await make();
    const allowed = recording.statements(recording.one("iam/rolePolicy:RolePolicy", "power-bi-role-policy"));
    const writes = allowed.filter(({ Action }) => Action.some((one) => /^s3:(Put|Delete)/.test(one)));
    for (const { Resource } of writes)
      for (const arn of Resource) assert.match(arn, /lake-query-results-bucket-\w+\/reports\/\*$/);
    const all = allowed.flatMap(({ Resource }) => Resource).join(" ");
    for (const zone of ["raw", "quarantine", "artifacts"]) assert.doesNotMatch(all, new RegExp(`lake-${zone}-bucket`));
    // Drivers list what there is; these actions have no resources.
    const everywhere = allowed.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    assert.deepEqual(everywhere, ["athena:ListWorkGroups", "athena:ListDataCatalogs"]);
  });

  it("puts data sources, a profile and a guide where they can be fetched, without any key in them", async () => {
    const recording = await make({ accessKeyUser: "I accept long-lived keys" });
    const files = recording.all("s3/bucketObjectv2:BucketObjectv2").filter(({ name }) => name.startsWith("power-bi-"));
    assert.deepEqual(files.map(({ inputs }) => inputs.key).sort(), [
      "bi/power-bi/aws-config",
      "bi/power-bi/gateway.md",
      "bi/power-bi/odbc.ini",
      "bi/power-bi/power-bi.reg",
    ]);
    for (const { inputs } of files) assert.doesNotMatch(inputs.content, /secret-of|access-key-1a2b3c4/);
    const guide = files.find(({ inputs }) => inputs.key.endsWith("gateway.md"))?.inputs.content as string;
    assert.match(guide, /aws configure --profile power-bi-user/);
  });

  it("makes a user only on the explicit sentence, who may assume the role and do nothing else", async () => {
    assert.equal((await make()).all("iam/user:User").length, 0);
    const recording = await make({ accessKeyUser: "I accept long-lived keys" });
    const [statement, ...others] = recording.statements(recording.one("iam/userPolicy:UserPolicy"));
    assert.deepEqual([statement?.Action, others], [["sts:AssumeRole"], []]);
    assert.deepEqual(statement?.Resource, [recording.one("iam/role:Role", "power-bi-role").state.arn]);
    assert.equal(
      await valueOf(recording.result.accessKeySecretArn),
      recording.one("secretsmanager/secret:Secret").state.arn,
    );
  });

  const refused: [string, Changes, RegExp][] = [
    ["a role nobody may assume", {}, /readers is unset; allowed: at least one role/],
    [
      "keys by another sentence",
      { accessKeyUser: "yes" as never },
      /accessKeyUser is "yes"; allowed: I accept long-lived keys/,
    ],
    ["a name Windows would not take", { readers: [READER], dataSourceName: "Power\\BI" }, /dataSourceName is/],
    ["a session of a day", { readers: [READER], sessionSeconds: 86_400 }, /sessionSeconds is 86400/],
  ];
  for (const [what, changes, message] of refused) it(`refuses ${what}`, () => assert.rejects(make(changes), message));
});

describe("the ODBC files", () => {
  const settings: OdbcSettings = {
    name: "sales",
    region: "eu-central-1",
    workgroup: "reports",
    catalog: "AwsDataCatalog",
    database: "sales",
    results: "s3://results/reports/",
    roleArn: READER,
    profile: "sales",
  };

  it("are a registry file that Windows merges: its head, CRLF, quoted keys and values, doubled backslashes", () => {
    const lines = registryFile(settings).split("\r\n");
    assert.equal(lines[0], "Windows Registry Editor Version 5.00");
    assert.ok(lines.includes("[HKEY_LOCAL_MACHINE\\SOFTWARE\\ODBC\\ODBC.INI\\sales]"));
    assert.ok(lines.includes('"Driver"="C:\\\\Program Files\\\\Amazon Athena ODBC Driver\\\\AthenaODBC.dll"'));
    assert.ok(lines.includes('"S3OutputLocation"="s3://results/reports/"'));
    assert.ok(lines.every((line) => !line.includes("\n")));
  });

  it("say the same to unixODBC and in a connection string", () => {
    for (const text of [odbcIni(settings), connectionString(settings)]) {
      for (const part of [
        "AwsRegion=eu-central-1",
        "Workgroup=reports",
        "Schema=sales",
        "AuthenticationType=IAM Profile",
      ])
        assert.ok(text.includes(part), part);
    }
    assert.match(connectionString(settings), /^Driver=\{Amazon Athena ODBC \(x64\)\};/);
  });

  it("have a profile that assumes the role for as long as it may", () => {
    const text = awsProfile(settings, "source_profile = power-bi-user", 14_400);
    assert.match(text, /^\[profile sales\]\nrole_arn = arn:.*report-authors\nsource_profile = power-bi-user\n/);
    assert.match(text, /duration_seconds = 14400/);
  });
});
