using Catalog.Contracts;
using Marten;
using Marten.Schema;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;

namespace Catalog;

/// <summary>What the shop sells and at what price.</summary>
public sealed class CatalogModule : Module
{
    public override string Name => "catalog";

    public override void Messages(MessageMap messages) => messages
        .Publishes<ProductPublished>()
        .Publishes<PriceChanged>()
        .Publishes<ProductWithdrawn>()
        .Does<ContinueImport>("continue-import", typeof(WhenContinueImport));

    public override void Services(IServiceCollection services, IConfiguration configuration)
    {
        CacheSettings.Add(services, configuration);
        services.AddMediator(options =>
        {
            options.Namespace = "Catalog";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });
    }

    public override void Store(StoreOptions store)
    {
        store.Schema.For<Product>()
            .Identity(product => product.Sku)
            .UseNumericRevisions(true)
            .Metadata(metadata => metadata.Revision.MapTo(product => product.Version))
            // Of use to a search for beginnings whatever the database's collation.
            .Index(product => product.Sku, index => index.Mask = "? text_pattern_ops")
            .Index(product => product.Name, index => (index.Casing, index.Mask) = (ComputedIndex.Casings.Lower, "? text_pattern_ops"))
            .IgnoreIndex(SearchSchema.WordsIndex)
            .IgnoreIndex(SearchSchema.NearIndex);
        store.Storage.Add(new SearchSchema());
        store.Schema.For<Category>()
            .Identity(category => category.Slug)
            .UseNumericRevisions(true)
            .Metadata(metadata => metadata.Revision.MapTo(category => category.Version))
            .Index(category => category.Parent!);
        store.Storage.ExtendedSchemaObjects.Add(PriceHistory.Table());
        store.Storage.ExtendedSchemaObjects.Add(ProductCategories.Table());
        store.Schema.For<Import>().UseNumericRevisions(true).Metadata(metadata => metadata.Revision.MapTo(import => import.Version)).Index(import => import.Arrival);
        store.Storage.ExtendedSchemaObjects.AddRange(ImportRows.Tables());
    }

    public override void SecondEndpoints(IEndpointRouteBuilder routes) => GetProductSecond.Map(routes.MapGroup("/products"));

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        var products = routes.MapGroup("/products");
        PublishProduct.Map(products);
        CorrectProduct.Map(products);
        ChangePrice.Map(products);
        WithdrawProduct.Map(products);
        RepublishProduct.Map(products);
        GetProduct.Map(products);
        ListProducts.Map(products);
        ListPrices.Map(products);

        DraftProduct.Map(routes);

        var categories = routes.MapGroup("/categories");
        AddCategory.Map(categories);
        ChangeCategory.Map(categories);
        RemoveCategory.Map(categories);
        ReadCategories.Map(categories);

        ImportProducts.Map(routes);
        ExportProducts.Map(routes);

        var imports = routes.MapGroup("/imports");
        PutImport.Map(imports);
        ReadImports.Map(imports);
        ReadRefusals.Map(imports);
    }

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment) => CacheSettings.Faults(configuration);

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string> { ["products"] = "select count(*) from mt_doc_product" };
}
