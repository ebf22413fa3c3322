import type { Row } from "../generic/row";
import { createdAgain, taggedAgain } from "../types/glue/wrap";

const UNENCRYPTED = {
  EncryptionAtRest: { CatalogEncryptionMode: "DISABLED" },
  ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: false },
};

const lower = (name: string): string => name.toLowerCase();

const ONE_CATALOG = "the local cloud has one catalog";

const CLASSIFIERS = ["csvClassifier", "grokClassifier", "jsonClassifier", "xmlClassifier"];

interface Predicate {
  readonly logical?: string;
  readonly conditions: readonly object[];
}

/** A predicate with the operators that AWS's provider assumes. */
const conditions = ({ logical = "AND", conditions: given }: Predicate): Predicate => ({
  logical,
  conditions: given.map((condition) => ({ logicalOperator: "EQUALS", ...condition })),
});

export const GLUE: readonly Row[] = [
  {
    type: "aws:glue/catalogDatabase:CatalogDatabase",
    service: "Glue",
    create: "CreateDatabase",
    id: "{accountId}:{name}",
    within: ["DatabaseInput"],
    names: { name: ["DatabaseInput.Name", "Name"] },
    read: "GetDatabase",
    update: [{ operation: "UpdateDatabase", with: ({ name }) => ({ Name: name }) }],
    delete: "DeleteDatabase",
    computed: ({ ctx, id }) => ({
      arn: ctx.arn("glue", `database/${id.split(":")[1]}`),
      catalogId: ctx.accountId,
    }),
    cleared: ["description", "locationUri", "parameters"],
    forgotten: ["createTableDefaultPermissions"],
    replaceOn: ["name", "catalogId"],
    keeps: ["name", "catalogId", "createTableDefaultPermissions", "locationUri"],
    refuses: { targetDatabase: ONE_CATALOG, federatedDatabase: ONE_CATALOG },
    autoname: { property: "name", maxLength: 255, transform: lower },
  },
  {
    type: "aws:glue/catalogTable:CatalogTable",
    service: "Glue",
    create: "CreateTable",
    id: "{accountId}:{databaseName}:{name}",
    within: ["TableInput"],
    names: {
      name: ["TableInput.Name", "Name"],
      partitionIndices: "PartitionIndexes",
      "storageDescriptor.serDeInfo": "SerdeInfo",
    },
    read: "GetTable",
    update: ["UpdateTable"],
    delete: "DeleteTable",
    sends: { partitionKeys: [] },
    computed: ({ ctx, id }) => ({
      arn: ctx.arn("glue", `table/${id.split(":").slice(1).join("/")}`),
      catalogId: ctx.accountId,
    }),
    cleared: ["description", "owner", "tableType", "parameters", "partitionKeys"],
    replaceOn: ["name", "databaseName", "catalogId", "partitionIndices"],
    keeps: ["name", "catalogId"],
    refuses: { targetTable: ONE_CATALOG, openTableFormatInput: "the local cloud keeps plain tables only" },
    autoname: { property: "name", maxLength: 255, transform: lower },
  },
  {
    type: "aws:glue/classifier:Classifier",
    service: "Glue",
    create: "CreateClassifier",
    id: "{name}",
    read: "GetClassifier",
    update: ["UpdateClassifier"],
    delete: "DeleteClassifier",
    prepare: ({ name, ...kinds }) =>
      Object.fromEntries(Object.entries(kinds).map(([kind, settings]) => [kind, { name, ...(settings as object) }])),
    replaceOn: ["name"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 255 },
    check: (inputs) => {
      const given = CLASSIFIERS.filter((name) => inputs[name] !== undefined);
      const reason = `exactly one of ${CLASSIFIERS.join(", ")} is needed; here are ${given.join(", ") || "none"}`;
      return given.length === 1 ? [] : [{ property: given[1] ?? "csvClassifier", reason }];
    },
    wrap: createdAgain,
  },
  {
    type: "aws:glue/crawler:Crawler",
    service: "Glue",
    create: "CreateCrawler",
    id: "{name}",
    within: ["Targets"],
    names: { schedule: ["Schedule.ScheduleExpression", "Schedule"] },
    read: "GetCrawler",
    update: ["UpdateCrawler"],
    delete: "DeleteCrawler",
    computed: ({ ctx, id }) => ({ arn: ctx.arn("glue", `crawler/${id}`) }),
    // What the program says no more goes back to what AWS assumes.
    unset: {
      description: "",
      tablePrefix: "",
      classifiers: [],
      schedule: "",
      configuration: "",
      securityConfiguration: "",
    },
    cleared: [
      "databaseName",
      "description",
      "tablePrefix",
      "classifiers",
      "configuration",
      "schedule",
      "securityConfiguration",
      "catalogTargets",
      "deltaTargets",
      "dynamodbTargets",
      "hudiTargets",
      "icebergTargets",
      "jdbcTargets",
      "mongodbTargets",
      "s3Targets",
    ],
    forgotten: ["lakeFormationConfiguration"],
    replaceOn: ["name"],
    defaults: {
      schemaChangePolicy: { deleteBehavior: "DEPRECATE_IN_DATABASE", updateBehavior: "UPDATE_IN_DATABASE" },
      recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
      lineageConfiguration: { crawlerLineageSettings: "DISABLE" },
    },
    keeps: ["name"],
    documents: ["configuration"],
    autoname: { property: "name", maxLength: 255 },
    wrap: taggedAgain,
  },
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
  {
    type: "aws:glue/securityConfiguration:SecurityConfiguration",
    service: "Glue",
    create: "CreateSecurityConfiguration",
    id: "{name}",
    read: "GetSecurityConfiguration",
    delete: "DeleteSecurityConfiguration",
    replaceOn: ["name", "encryptionConfiguration"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 255 },
  },
  {
    type: "aws:glue/trigger:Trigger",
    service: "Glue",
    create: "CreateTrigger",
    id: "{name}",
    within: ["TriggerUpdate"],
    read: "GetTrigger",
    update: ["UpdateTrigger", { operation: "StartTrigger", off: "StopTrigger", for: ["enabled"] }],
    delete: "DeleteTrigger",
    prepare: ({ startOnCreation, predicate, ...inputs }) => ({
      ...inputs,
      // A trigger on demand is started by hand.
      ...(startOnCreation !== undefined && {
        startOnCreation: startOnCreation === true && inputs.type !== "ON_DEMAND",
      }),
      ...(predicate !== undefined && { predicate: conditions(predicate as Predicate) }),
    }),
    computed: ({ ctx, id }) => ({ arn: ctx.arn("glue", `trigger/${id}`) }),
    cleared: ["description", "schedule"],
    forgotten: ["actions", "predicate"],
    changing: ["state"],
    replaceOn: ["name", "type", "workflowName"],
    defaults: { enabled: true },
    keeps: ["name"],
    settings: ["startOnCreation"],
    unsent: ["enabled"],
    autoname: { property: "name", maxLength: 255 },
  },
];
