using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Payment
    {
        public const string Title = "付费";
        public const string Order = "订单号";
        public const string Created = "下单时间";
        public const string State = "状态";
        public const string Subject = "费用项目";
        public const string Amount = "金额";
        public const string PaidAt = "付款时间";
        public const string Way = "支付方式";
        public const string Refunded = "已退金额";
        public const string Waiting = "请在打开的页面完成支付，完成后会自动继续。";
        public const string Verifying = "正在向支付方核实，请勿重复支付";
        public const string VerifyingNote = "已付款的，核实后会自动继续；未付款的，可再次打开支付页面。";
        public const string Check = "我已付款";
        public const string Paid = "支付成功";
        public const string ToApplication = "查看申请进度";

        public static string PaidNoteOf(ApplicationInfo? application) =>
            application is { State: ApplicationState.PrepaymentDue or ApplicationState.CaReview } ? "已提交CA审核，未通过的费用原路退回。"
            : application is not null && Screens.Applications.ApplicationProgress.IsRenewal(application.Kind) ? "接下来输入PIN码续期证书。"
            : "接下来设置PIN码并下载证书。";

        public static string NoteOf(OrderState state) => state switch
        {
            OrderState.RefundDue => "申请已结束，已付的费用正在原路退回。",
            OrderState.Refunded => "申请已结束，费用已原路退回。",
            _ => "申请已结束，这笔订单不需要支付。如已付款，会原路退回。",
        };

        public static string WayOf(string way) => way switch { "alipay" => "支付宝", "wechat" => "微信支付", _ => "在线支付" };

        public static string NumberOf(Guid order) => order.ToString("N")[..12].ToUpperInvariant();

        public static string StateOf(OrderState state) => state switch
        {
            OrderState.Open => "待付款",
            OrderState.Paid => "已付款",
            OrderState.RefundDue => "退款中",
            OrderState.Refunded => "已退款",
            _ => "已关闭",
        };
    }

    public static class Wallet
    {
        public const string Title = "支付管理";
        public const string Cards = "银行卡管理";
        public const string CardsNote = "添加、解绑银行卡";
        public const string Bills = "账单详情";
        public const string BillsNote = "全部订单与支付状态";
        public const string Invoices = "开票管理";
        public const string InvoicesNote = "选择订单开发票，查看开票状态";
    }

    public static class BankCards
    {
        public const string Title = "银行卡管理";
        public const string BindTitle = "绑定银行卡";
        public const string None = "还没有绑定银行卡";
        public const string NoneNote = "绑定后可在此查看和解绑。";
        public const string Card = "银行卡";
        public const string Add = "添加银行卡";
        public const string Bind = "绑定";
        public const string Unbind = "解绑";
        public const string UnbindNote = "解绑后可随时重新绑定，不影响已完成的支付。";
        public const string What = "只能绑定您本人的银行卡。这里只保存银行名称和卡号后四位。";
        public const string CardWrong = "银行卡号不正确，请核对";
        public const string Privacy = "卡号和预留手机号只用于向银行核实，不保存完整卡号。";

        public static string OwnOnly(string? name) => $"请绑定您本人（{name}）的银行卡，信息须与银行预留的一致。";

        public static string NoteOf(BankCardInfo card) => $"尾号 {card.Ending}，{Day(card.BoundAt)} 绑定";

        public static string UnbindTitle(BankCardInfo card) => $"解绑{card.Bank ?? Card}（尾号 {card.Ending}）？";
    }

    public static class Bills
    {
        public const string Title = "账单";
        public const string Details = "账单详情";
        public const string None = "还没有账单";
        public const string NoneNote = "申请证书产生的订单会出现在这里。";
        public const string Pay = "去付款";
        public const string Invoice = "开票";
        public const string Invoiced = "发票";
        public const string More = "查看更早的账单";
    }

    public static class Invoices
    {
        public const string Title = "开票管理";
        public const string FormTitle = "发票详情";
        public const string Open = "可开票订单";
        public const string Past = "开票记录";
        public const string None = "没有可开票的订单";
        public const string NoneNote = "已付款且未开票的订单会出现在这里。";
        public const string Pick = "请勾选需要开票的订单";
        public const string Make = "开票";
        public const string Type = "抬头类型";
        public const string Company = "企业";
        public const string Person = "个人";
        public const string Buyer = "发票抬头";
        public const string BuyerWrong = "请输入发票抬头";
        public const string Tax = "纳税人识别号";
        public const string TaxShort = "税号";
        public const string TaxHint = "15至20位数字和大写字母";
        public const string TaxWrong = "纳税人识别号为15至20位数字和大写字母";
        public const string Amount = "开票金额";
        public const string Orders = "包含订单";
        public const string Submit = "提交";
        public const string Number = "发票号码";
        public const string At = "申请时间";
        public const string Pdf = "查看发票";
        public const string Electronic = "开具电子普通发票，开好后可在此查看。";

        public static string Sum(int count, int fen) => $"已选 {count} 笔，共 {Money(fen)}";

        public const string RedLetters = "红字发票";
        public const string RedLetterPdf = "查看红字发票";

        public static string StateOf(InvoiceInfo invoice) => invoice switch
        {
            { State: InvoiceState.Rejected } => "未开出",
            { State: InvoiceState.Submitted } => "开票中",
            { RedLetters: [] } => "已开票",
            _ when invoice.RedLetters.Any(letter => letter.State != InvoiceState.Issued) => "冲红中",
            _ => invoice.RedLetters.Sum(letter => letter.AmountFen) == invoice.AmountFen ? "已冲红" : "部分冲红",
        };

        public static string StateOf(RedLetterInfo letter) => letter.State switch { InvoiceState.Issued => "已开具", InvoiceState.Rejected => "处理中", _ => "开具中" };

        public static string NoteOf(InvoiceInfo invoice) => invoice.State switch
        {
            InvoiceState.Issued when invoice.RedLetters.FirstOrDefault(letter => letter.State == InvoiceState.Rejected) is { } refused =>
                $"订单已退款，红字发票尚未开出：{refused.RejectionReason}。平台会继续办理，已退款的金额请勿再用于报销或抵扣。",
            InvoiceState.Issued when invoice.RedLetters.Any(letter => letter.State != InvoiceState.Issued) => "订单已退款，正在开具红字发票冲减，已退款的金额请勿再用于报销或抵扣。",
            InvoiceState.Issued when invoice.RedLetters.Count > 0 => "订单已退款，已开具红字发票冲减相应金额。",
            InvoiceState.Issued => "发票已开出。",
            InvoiceState.Rejected => $"未能开出。原因：{invoice.RejectionReason}。订单可重新开票。",
            _ => "已提交开票方，通常几分钟内开出。",
        };
    }
}
