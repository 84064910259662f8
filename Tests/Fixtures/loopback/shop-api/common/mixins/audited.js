module.exports = (Model, options) => {
  Model.defineProperty('auditedBy', {type: String});
  Model.observe('after save', function(ctx, next) { next(); });
};
