using Billing.Contracts;
using Catalog.Contracts;
using Inventory.Contracts;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders;

/// <summary>Orders and their history, and the process from placed to completed.</summary>
public sealed class OrdersModule : Module
{
    public override string Name => "orders";

    public override void Messages(MessageMap messages) => messages
        .Publishes<OrderPlaced>()
        .Publishes<OrderConfirmed>()
        .Publishes<OrderCancellationRequested>()
        .Publishes<OrderCancelled>()
        .Publishes<OrderPartLost>()
        .Publishes<OrderCompleted>()
        .Reacts<StockReserved>("when-stock-reserved", typeof(WhenStockReserved))
        .Reacts<StockRejected>("when-stock-rejected", typeof(WhenStockRejected))
        .Reacts<ReservationExpired>("when-reservation-expired", typeof(WhenReservationExpired))
        .Reacts<PaymentCaptured>("when-payment-captured", typeof(WhenPaymentCaptured))
        .Reacts<PaymentDeferred>("when-payment-deferred", typeof(WhenPaymentDeferred))
        .Reacts<PaymentDeclined>("when-payment-declined", typeof(WhenPaymentDeclined))
        .Reacts<PaymentRefunded>("when-payment-refunded", typeof(WhenPaymentRefunded))
        .Reacts<ShipmentDispatched>("when-shipment-dispatched", typeof(WhenShipmentDispatched))
        .Reacts<ShipmentDelivered>("when-shipment-delivered", typeof(WhenShipmentDelivered))
        .Reacts<ShipmentStopped>("when-shipment-stopped", typeof(WhenShipmentStopped))
        .Reacts<ShipmentLost>("when-shipment-lost", typeof(WhenShipmentLost))
        .Reacts<ParcelLost>("when-parcel-lost", typeof(WhenParcelLost))
        .Reacts<PartDropped>("when-part-dropped", typeof(WhenPartDropped))
        .Reacts<ProductPublished>("when-product-published", typeof(WhenProductPublished))
        .Reacts<PriceChanged>("when-price-changed", typeof(WhenPriceChanged))
        .Reacts<ProductWithdrawn>("when-product-withdrawn", typeof(WhenProductWithdrawn))
        .Does<StepTimedOut>("when-step-timed-out", typeof(WhenStepTimedOut));

    public override void Calls(CallMap calls) => calls.Asks<Rates.RatesClient>();

    public override void Services(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(StepTimeouts.From(configuration));
        services.AddSingleton(FlatRate.From(configuration));
        services.AddSingleton(TaxRates.From(configuration));
        services.AddScoped<CarriageCost>();
        services.AddScoped<OrderPrice>();
        services.AddMediator(options =>
        {
            options.Namespace = "Orders";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });
    }

    public override void Store(StoreOptions store)
    {
        OrderHistory.Declare(store);
        CatalogPrice.Declare(store);
        KnownRate.Declare(store);
        OrderNote.Declare(store);
    }

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        QuoteOrder.Map(routes);
        PlaceOrder.Map(routes);
        GetOrder.Map(routes);
        ListOrders.Map(routes);
        GetOrderHistory.Map(routes);
        CancelOrder.Map(routes);
        AddNote.Map(routes);
        ListNotes.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string>
    {
        ["orders"] = "select count(*) from mt_doc_order",
        ["orders open"] = "select count(*) from mt_doc_order where status not in ('cancelled', 'completed')",
    };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment) => [.. StepTimeouts.Faults(configuration), .. FlatRate.Faults(configuration), .. TaxRates.Faults(configuration)];
}
