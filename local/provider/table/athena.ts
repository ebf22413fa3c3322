import type { Row } from "../generic/row";
import type { Props } from "../handler";

const ASSUMED = {
  enforceWorkgroupConfiguration: true,
  publishCloudwatchMetricsEnabled: true,
  requesterPaysEnabled: false,
};

const cutoffOf = ({ configuration }: Props): unknown => (configuration as Props).bytesScannedCutoffPerQuery;

export const ATHENA: readonly Row[] = [
  {
    type: "aws:athena/namedQuery:NamedQuery",
    service: "Athena",
    create: "CreateNamedQuery",
    id: "NamedQueryId",
    names: { query: "QueryString" },
    read: "GetNamedQuery",
    delete: "DeleteNamedQuery",
    defaults: { workgroup: "primary" },
    keeps: ["name"],
    autoname: { property: "name", maxLength: 128 },
  },
  {
    type: "aws:athena/workgroup:Workgroup",
    service: "Athena",
    create: "CreateWorkGroup",
    id: "{name}",
    names: {
      name: ["Name", "WorkGroup"],
      configuration: ["Configuration", "ConfigurationUpdates"],
      "configuration.enforceWorkgroupConfiguration": "EnforceWorkGroupConfiguration",
      "configuration.publishCloudwatchMetricsEnabled": "PublishCloudWatchMetricsEnabled",
      "configuration.resultConfiguration": ["ResultConfiguration", "ResultConfigurationUpdates"],
      "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": "KmsKey",
      "configuration.managedQueryResultsConfiguration": [
        "ManagedQueryResultsConfiguration",
        "ManagedQueryResultsConfigurationUpdates",
      ],
    },
    read: "GetWorkGroup",
    update: [
      {
        operation: "UpdateWorkGroup",
        // What an update does not mention stays.
        with: (props, _ctx, { ConfigurationUpdates }) => ({
          ConfigurationUpdates: {
            ...ConfigurationUpdates,
            RemoveBytesScannedCutoffPerQuery: cutoffOf(props) === undefined,
          },
        }),
      },
    ],
    delete: {
      operation: "DeleteWorkGroup",
      with: ({ forceDestroy }) => ({ RecursiveDeleteOption: forceDestroy ?? false }),
    },
    prepare: ({ configuration, ...rest }) => ({
      ...rest,
      configuration: { ...ASSUMED, ...(configuration as Props | undefined) },
    }),
    computed: ({ ctx, id }) => ({ arn: ctx.arn("athena", `workgroup/${id}`) }),
    replaceOn: ["name"],
    defaults: { state: "ENABLED" },
    unset: { description: "" },
    keeps: ["name", "configuration", ...Object.keys(ASSUMED).map((name) => `configuration.${name}`)],
    settings: ["forceDestroy"],
    autoname: { property: "name", maxLength: 128 },
  },
];
