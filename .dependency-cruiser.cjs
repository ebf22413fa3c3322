"use strict";
/** Who may import whom. The arrows of the architecture, checked by `npm run lint`. */
const ours = "^(infra|components|contracts|policies|functions|evaluate|local|cli|examples|bench|test)/";
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: ours, pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: { path: ours }, to: { circular: true } },
    only("contracts-are-pure", "^contracts/", "^contracts/", "contracts import nothing of ours"),
    {
      name: "contracts-know-no-cloud",
      severity: "error",
      from: { path: "^contracts/" },
      to: { path: "node_modules/(@pulumi|@aws-sdk)" },
    },
    only(
      "functions",
      "^functions/",
      "^(functions|contracts)/",
      "functions import contracts and one another's shared code",
    ),
    {
      name: "functions-know-no-pulumi",
      severity: "error",
      from: { path: "^functions/" },
      to: { path: "node_modules/@pulumi" },
    },
    only(
      "policies-see-resources-only",
      "^policies/",
      "^(policies|contracts)/",
      "policies import nothing of ours but contracts",
    ),
    only("core", "^components/core/", "^(components/core|contracts)/", "core is the ground floor"),
    only("storage", "^components/storage/", "^(components/(core|storage)|contracts)/", "storage stands on core"),
    only(
      "catalog",
      "^components/catalog/",
      "^(components/(core|storage|catalog)|contracts)/",
      "catalog stands on storage",
    ),
    only(
      "ingestion",
      "^components/ingestion/",
      "^(components/(core|storage|catalog|ingestion)/|contracts/)",
      "ingestion stands on catalog",
    ),
    ...["migration", "databases", "realtime"].map((stage) =>
      only(
        stage,
        `^components/${stage}/`,
        `^(components/(core|storage|${stage})|contracts)/`,
        `${stage} stands on core and storage`,
      ),
    ),
    only("infra", "^infra/", "^(infra|components|contracts)/", "the program composes components"),
    only(
      "evaluate",
      "^evaluate/",
      "^(evaluate|infra|components|contracts|policies)/",
      "what check, plan and the local cloud share knows neither of them",
    ),
    {
      name: "nobody-imports-the-cli",
      severity: "error",
      from: { path: ours, pathNot: "^(cli|test|bench)/" },
      to: { path: "^cli/" },
    },
    {
      name: "the-program-knows-no-evaluation",
      severity: "error",
      from: { path: "^(infra|components|contracts|policies|functions|examples)/" },
      to: { path: "^evaluate/" },
    },
    {
      name: "nobody-knows-the-local-cloud",
      severity: "error",
      from: { path: ours, pathNot: "^(local|cli|test|bench)/" },
      to: { path: "^local/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
