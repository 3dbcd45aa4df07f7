using System.Data.Common;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using DbCommandBuilder = Weasel.Core.DbCommandBuilder;

namespace Catalog;

/// <summary>
/// The two functions that say what a product is found by, and their indexes on the products: kept by the database itself, whoever writes. Plain SQL, no extension:
/// the same with any server and any role's rights. A change of a function's meaning needs another name, or the index would hold what the old one said.
/// </summary>
internal sealed class SearchSchema() : FeatureSchemaBase("catalog_search", new PostgresqlMigrator())
{
    public const string WordsIndex = "products_by_words", NearIndex = "products_by_near_words";

    /// <summary>The index's own words: only so written is it used.</summary>
    public const string Words = "product_words(d.id, d.data ->> 'name', d.data ->> 'description')", Near = "near_words(d.data ->> 'name')";

    public override IEnumerable<Type> DependentTypes() => [typeof(Product)];

    protected override IEnumerable<ISchemaObject> schemaObjects() => [new FunctionsAndIndexes()];

    private sealed class FunctionsAndIndexes : ISchemaObject
    {
        // What is no letter or digit of ASCII parts words, or the parser would make addresses, files and numbers of them. Other letters are left to it.
        private const string Parting = """[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+""";

        private const string Create = $"""
            create or replace function catalog.product_words(sku text, name text, description text) returns tsvector language sql immutable parallel safe as $f$
                select setweight(to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(sku || ' ' || name, '{Parting}', ' ', 'g')), 'A')
                    || setweight(to_tsvector('pg_catalog.simple'::regconfig, regexp_replace(coalesce(description, ''), '{Parting}', ' ', 'g')), 'C')
            $f$;
            create or replace function catalog.near_words(words text) returns text[] language sql immutable parallel safe as $f$
                select coalesce(array_agg(distinct form), array[]::text[])
                from regexp_split_to_table(lower(words), '{Parting}') word
                cross join lateral (select word union all select left(word, i - 1) || substr(word, i + 1) from generate_series(1, length(word)) i) forms (form)
                where length(word) between 4 and 30 and word !~ '[0-9]'
            $f$;
            create index if not exists {WordsIndex} on catalog.mt_doc_product using gin (catalog.product_words(id, data ->> 'name', data ->> 'description'));
            create index if not exists {NearIndex} on catalog.mt_doc_product using gin (catalog.near_words(data ->> 'name'));
            """;

        public DbObjectName Identifier { get; } = new PostgresqlObjectName("catalog", NearIndex, SchemaUtils.IdentifierUsage.General);

        public void WriteCreateStatement(Migrator migrator, TextWriter writer) => writer.WriteLine(Create);

        public void WriteDropStatement(Migrator rules, TextWriter writer) => writer.WriteLine($"""
            drop index if exists catalog.{WordsIndex}; drop index if exists catalog.{NearIndex};
            drop function if exists catalog.product_words(text, text, text); drop function if exists catalog.near_words(text);
            """);

        public void ConfigureQueryCommand(DbCommandBuilder builder) =>
            builder.Append($"select count(*) from pg_indexes where schemaname = 'catalog' and indexname in ('{WordsIndex}', '{NearIndex}');");

        public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default)
        {
            await reader.ReadAsync(ct);
            return new SchemaObjectDelta(this, reader.GetInt64(0) == 2 ? SchemaPatchDifference.None : SchemaPatchDifference.Create);
        }

        public IEnumerable<DbObjectName> AllNames() => [Identifier];
    }
}
