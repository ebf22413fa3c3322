import type { Row } from "../generic/row";

const UNENCRYPTED = {
  EncryptionAtRest: { CatalogEncryptionMode: "DISABLED" },
  ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: false },
};

export const GLUE: readonly Row[] = [
  {
    // One a region: deleting it switches the encryption off, as AWS's provider does.
    type: "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    service: "Glue",
    create: "PutDataCatalogEncryptionSettings",
    id: "CatalogId",
    update: ["PutDataCatalogEncryptionSettings"],
    delete: {
      operation: "PutDataCatalogEncryptionSettings",
      with: { DataCatalogEncryptionSettings: UNENCRYPTED },
    },
    recorded: ({ ctx }) => ({ id: ctx.accountId, catalogId: ctx.accountId }),
    replaceOn: ["catalogId"],
    keeps: ["catalogId"],
  },
  {
    type: "aws:glue/dataQualityRuleset:DataQualityRuleset",
    service: "Glue",
    create: "CreateDataQualityRuleset",
    id: "{name}",
    update: ["UpdateDataQualityRuleset"],
    delete: "DeleteDataQualityRuleset",
    recorded: ({ ctx, inputs: { name } }) => ({ arn: ctx.arn("glue", `dataQualityRuleset/${String(name)}`) }),
    replaceOn: ["name", "targetTable"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 255 },
  },
];
