using System.Text.Json;
using Catalog.Contracts;
using Marten;
using Shared.Kernel;

namespace Catalog;

/// <summary>The next rows of an import are due.</summary>
/// <param name="After">The row that was done last.</param>
public sealed record ContinueImport(Guid ImportId, int After);

/// <summary>A batch of rows becomes products, each row as a whole or refused, in one transaction with what is told of it and how far the import is.</summary>
public static class WhenContinueImport
{
    private const int RowsAtOnce = 500;

    // Twice: the import has gone on past these rows, and nothing happens. A product that somebody changes meanwhile makes the commit lose its race: run again, it is read anew.
    public static async Task Handle(ContinueImport due, IDocumentSession db, Outbox outbox, TimeProvider clock, CancellationToken ct)
    {
        var import = await db.Import(due.ImportId, ct);
        if (import.Done != due.After || import.FinishedAt is not null) return;

        var rows = await db.Read("select number, wanted from import_rows where import = $1 and number > $2 order by number limit $3", [import.Id, import.Done, RowsAtOnce],
            row => (Number: row.GetInt32(0), Wanted: JsonSerializer.Deserialize<WantedProduct>(row.GetString(1))!), ct);
        var known = (await db.LoadManyAsync<Product>(ct, rows.Select(row => row.Wanted.Sku))).ToDictionary(product => product.Sku);
        await db.HoldCategories(ct);
        var categories = (await db.LoadManyAsync<Category>(ct, rows.SelectMany(row => row.Wanted.Categories ?? []).Distinct())).Select(category => category.Slug).ToHashSet();

        var outcomes = new List<Outcome>();
        var refused = new List<(int, string, string)>();
        foreach (var (number, wanted) in rows)
        {
            var product = known.GetValueOrDefault(wanted.Sku);
            if (wanted.WhyNot(product, categories) is { } reason) refused.Add((number, wanted.Sku, reason));
            else outcomes.Add(Outcome.Of(wanted, product));
        }

        var changed = outcomes.Where(outcome => outcome is { IsNew: false, IsChanged: true }).ToList();
        db.Insert(outcomes.Where(outcome => outcome.IsNew).Select(outcome => outcome.Product));
        foreach (var outcome in changed) db.UpdateRevision(outcome.Product, outcome.Product.Version);
        db.EnterPrices(clock.GetUtcNow(), [.. outcomes.Where(outcome => outcome.IsPriced).Select(outcome => outcome.Product)]);
        db.EnterCategories([.. outcomes.Where(outcome => outcome.IsNew || outcome.IsChanged).Select(outcome => outcome.Product)]);
        await db.EnterRefusals(import.Id, refused, ct);
        foreach (var outcome in outcomes)
        {
            if (outcome.Told is ProductPublished published) await outbox.Publish(published);
            else if (outcome.Told is PriceChanged priced) await outbox.Publish(priced);
            else if (outcome.Told is ProductWithdrawn withdrawn) await outbox.Publish(withdrawn);
        }

        var added = outcomes.Count(outcome => outcome.IsNew);
        (import.Added, import.Changed, import.Unchanged, import.Refused) =
            (import.Added + added, import.Changed + changed.Count, import.Unchanged + outcomes.Count - added - changed.Count, import.Refused + refused.Count);
        if (rows.Count < RowsAtOnce)
        {
            import.FinishedAt = clock.GetUtcNow();
            db.QueueSqlCommand("delete from import_rows where import = ?", import.Id);
        }
        else
        {
            import.Done = rows[^1].Number;
            await outbox.Later(new ContinueImport(import.Id, import.Done));
        }

        db.UpdateRevision(import, ++import.Version);
    }

    /// <summary>What a row has made of its product.</summary>
    /// <param name="IsPriced">It costs something new to customers.</param>
    /// <param name="Told">The one event that says all of it; null: nothing that others keep.</param>
    private sealed record Outcome(Product Product, bool IsNew, bool IsChanged, bool IsPriced, object? Told)
    {
        public static Outcome Of(WantedProduct wanted, Product? known)
        {
            var product = known ?? new Product { Sku = wanted.Sku, Name = wanted.Name, Price = wanted.Price, Currency = wanted.Currency, State = ProductState.Draft };
            var (version, state, price, currency, name, weight) = (product.Version, product.State, product.Price, product.Currency, product.Name, product.Weight);

            // A draft that is made and published in one go has one version, as if it had been published at once.
            product.Correct(wanted.DetailsOf(known));
            var target = wanted.State ?? (known is null ? ProductState.Published : state);
            if (known is null) product.State = target;
            else product.Become(target);
            if (target != ProductState.Withdrawn) product.ChangePrice(wanted.Price, wanted.Currency);
            var isChanged = product.Version > version;
            product.Version = isChanged && known is not null ? version + 1 : version;

            var isSold = product.State == ProductState.Published;
            var isPriced = isSold && (known is null || state == ProductState.Draft || !product.Costs(price, currency));
            object? told = isSold && (known is null || state != ProductState.Published || (name, weight) != (product.Name, product.Weight)) ? product.AsPublished()
                : isSold && isPriced ? new PriceChanged(product.Sku, product.Price, product.Currency, product.Version)
                : known is not null && state == ProductState.Published && !isSold ? new ProductWithdrawn(product.Sku, product.Version)
                : null;
            return new Outcome(product, known is null, isChanged, isPriced, told);
        }
    }
}
