using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>An order's invoice, or the credit note of one of its refunds, as a page to print, for the customer whom it was made out to and for operators.</summary>
internal static class GetInvoice
{
    public sealed record Query(InvoiceKind Kind, Guid Subject, Guid OrderId, Caller Caller) : IQuery<IssuedInvoice>;

    public static void Map(IEndpointRouteBuilder billing)
    {
        billing.MapGet("/payments/{orderId:guid}/invoice", async (Guid orderId, Caller caller, ISender sender, HttpResponse response, CancellationToken ct) =>
                InvoicePage.Answer(response, InvoiceKind.Invoice, await sender.Send(new Query(InvoiceKind.Invoice, orderId, orderId, caller), ct)))
            .ForCustomers()
            .WithName("GetInvoice")
            .WithSummary("An order's invoice, as a page to print. There is one once its money is taken.")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .ProducesProblem(StatusCodes.Status404NotFound);

        billing.MapGet("/payments/{orderId:guid}/refunds/{refundId:guid}/credit-note", async (Guid orderId, Guid refundId, Caller caller, ISender sender, HttpResponse response, CancellationToken ct) =>
                InvoicePage.Answer(response, InvoiceKind.CreditNote, await sender.Send(new Query(InvoiceKind.CreditNote, refundId, orderId, caller), ct)))
            .ForCustomers()
            .WithName("GetCreditNote")
            .WithSummary("A refund's credit note, as a page to print. There is one once the refund is made.")
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, IssuedInvoice>
    {
        public async ValueTask<IssuedInvoice> Handle(Query query, CancellationToken ct)
        {
            var what = query.Kind == InvoiceKind.Invoice ? $"invoice for order {query.OrderId}" : $"credit note for refund {query.Subject} of order {query.OrderId}";
            var issued = await db.FindInvoice(query.Kind, query.Subject, query.OrderId, ct) ?? throw new NotFoundException(what);
            query.Caller.MustOwn(issued.Invoice.CustomerId, what);
            return issued;
        }
    }
}
