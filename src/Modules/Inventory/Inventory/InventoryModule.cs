using Inventory.Contracts;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Inventory;

/// <summary>Stock per product, what of it is set aside for which order, and the book of every movement.</summary>
public sealed class InventoryModule : Module
{
    public override string Name => "inventory";

    public override void Messages(MessageMap messages) => messages
        .Publishes<StockReserved>()
        .Publishes<StockRejected>()
        .Publishes<StockReleased>()
        .Publishes<StockLow>()
        .Publishes<ReservationExpired>()
        .Reacts<OrderPlaced>("when-order-placed", typeof(WhenOrderPlaced))
        .Reacts<OrderCancelled>("when-order-cancelled", typeof(WhenOrderCancelled))
        .Reacts<ShipmentDispatched>("when-shipment-dispatched", typeof(WhenShipmentDispatched))
        .Reacts<PartDropped>("when-part-dropped", typeof(WhenPartDropped))
        .Does<StocktakeBatch>("when-stocktake-goes-on", typeof(WhenStocktakeGoesOn));

    public override void Services(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(LowStock.From(configuration));
        services.AddSingleton(ReservationExpiry.From(configuration));
        services.AddHostedService<ReservationSweep>();
        services.AddMediator(options =>
        {
            options.Namespace = "Inventory";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });
    }

    public override void Store(StoreOptions store) => store.Storage.ExtendedSchemaObjects.AddRange(Tables.All(Name));

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        ReceiveStock.Map(routes);
        GetReceipt.Map(routes);
        CorrectStock.Map(routes);
        TakeStock.Map(routes);
        GetStocktake.Map(routes);
        ListStocktakeRows.Map(routes);
        GetStock.Map(routes);
        ListStock.Map(routes);
        GetThreshold.Map(routes);
        SetThreshold.Map(routes);
        ListMovements.Map(routes);
        ExportMovements.Map(routes);
        GetReservation.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string>
    {
        ["products in stock"] = "select count(*) from stock where on_hand > 0",
        ["orders set aside"] = "select count(*) from reservations where state = 'reserved'",
    };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment) => LowStock.Faults(configuration).Concat(ReservationExpiry.Faults(configuration));
}
