using System.Data.Common;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using DbCommandBuilder = Weasel.Core.DbCommandBuilder;

namespace Orders;

/// <summary>By which the orders of a product are found, also those that a version before wrote: the database keeps it. A change of its meaning needs another name.</summary>
internal sealed class SkuIndex() : FeatureSchemaBase("orders_by_sku", new PostgresqlMigrator())
{
    public const string Name = "orders_by_sku";

    /// <summary>The index's own words: only so written is it used.</summary>
    public const string Skus = "jsonb_path_query_array(d.data, '$.lines[*].sku')";

    public override IEnumerable<Type> DependentTypes() => [typeof(Order)];

    protected override IEnumerable<ISchemaObject> schemaObjects() => [new Index()];

    private sealed class Index : ISchemaObject
    {
        private const string Create = $"create index if not exists {Name} on orders.mt_doc_order using gin (jsonb_path_query_array(data, '$.lines[*].sku') jsonb_path_ops);";

        public DbObjectName Identifier { get; } = new PostgresqlObjectName("orders", Name, SchemaUtils.IdentifierUsage.General);

        public void WriteCreateStatement(Migrator migrator, TextWriter writer) => writer.WriteLine(Create);

        public void WriteDropStatement(Migrator rules, TextWriter writer) => writer.WriteLine($"drop index if exists orders.{Name};");

        public void ConfigureQueryCommand(DbCommandBuilder builder) => builder.Append($"select count(*) from pg_indexes where schemaname = 'orders' and indexname = '{Name}';");

        public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default)
        {
            await reader.ReadAsync(ct);
            return new SchemaObjectDelta(this, reader.GetInt64(0) == 1 ? SchemaPatchDifference.None : SchemaPatchDifference.Create);
        }

        public IEnumerable<DbObjectName> AllNames() => [Identifier];
    }
}
