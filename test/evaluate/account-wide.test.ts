import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { evaluateEnvironment } from "../../cli/evaluate";
import type { RecordedResource } from "../../evaluate/recorded";
import { typeInfo } from "../../evaluate/type-facts";
import { components, runExample } from "../support/components";
import { record } from "../support/harness";

/**
 * The types that change a setting of the whole account or region: a second stack would overwrite the first, other teams are affected,
 * and a destroyed stack resets the setting for all.
 */
const ACCOUNT_WIDE = [
  "aws:accessanalyzer/analyzer:Analyzer",
  "aws:account/alternativeContact:AlternativeContact",
  "aws:apigateway/account:Account",
  "aws:cloudwatch/logAccountPolicy:LogAccountPolicy",
  "aws:cfg/recorder:Recorder",
  "aws:ebs/defaultKmsKey:DefaultKmsKey",
  "aws:ebs/encryptionByDefault:EncryptionByDefault",
  "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
  "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
  "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
  "aws:ec2/serialConsoleAccess:SerialConsoleAccess",
  "aws:ecr/registryPolicy:RegistryPolicy",
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  "aws:ecs/accountSettingDefault:AccountSettingDefault",
  "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
  "aws:glue/resourcePolicy:ResourcePolicy",
  "aws:guardduty/detector:Detector",
  "aws:iam/accountAlias:AccountAlias",
  "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
  "aws:inspector2/enabler:Enabler",
  "aws:lakeformation/dataLakeSettings:DataLakeSettings",
  "aws:macie2/account:Account",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
  "aws:s3control/storageLensConfiguration:StorageLensConfiguration",
  "aws:securityhub/account:Account",
  "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet",
  "aws:sns/smsPreferences:SmsPreferences",
  "aws:ssm/serviceSetting:ServiceSetting",
  "aws:xray/encryptionConfig:EncryptionConfig",
];

/** Groups that services share in a region, whatever the stack. */
const SHARED_NAMES = ["RDSOSMetrics", "/aws-glue/jobs/error", "/aws-glue/jobs/output", "/aws-glue/crawlers"];

const accountWide = (resources: readonly RecordedResource[]): string[] =>
  resources
    .filter(({ type, inputs }) => ACCOUNT_WIDE.includes(type) || SHARED_NAMES.includes(String(inputs.name)))
    .map(({ type, name }) => `${name} (${type})`);

const examples = resolve(__dirname, "../../examples");

describe("settings of the whole account or region", function () {
  this.timeout(60_000);

  it("are types that exist", () => {
    for (const type of ACCOUNT_WIDE) assert.ok(typeInfo(type).inputs.size > 0, type);
  });

  it("are what local asks for: the local cloud's account has no role for the logs of API Gateway otherwise", async () => {
    assert.deepEqual(accountWide(await evaluateEnvironment("local")), [
      "live-account (aws:apigateway/account:Account)",
    ]);
  });

  for (const environment of ["dev", "prod"]) {
    it(`stay as they are in ${environment}, which asks for none`, async () => {
      assert.deepEqual(accountWide(await evaluateEnvironment(environment)), []);
    });
  }

  for (const entry of readdirSync(examples, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    it(`stay as they are in the example ${entry.name}`, async () => {
      const file = join(examples, entry.name, "index.ts");
      // A program that has run before must register its resources again.
      delete require.cache[file];
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { resources } = await record(() => require(file) as unknown);
      assert.deepEqual(accountWide(resources), []);
    });
  }

  for (const component of components) {
    it(`stay as they are by default in ${component.name}`, async () => {
      assert.deepEqual(accountWide((await runExample(component.example)).resources), []);
    });
  }
});
